"""What referrals forget of a person (CU-4): signs of one person, an ambassador's name, what staff wrote of him."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.queries.owners import owned_contacts
from loyalty_site.kernel.forgetting import Forgets, changed, forget
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Ambassador, Referrer, Review, Reward, Trait
from referrals.services.traits import hashed_traits

UNSAID = "—"
AMBASSADOR = {"name": "", "email": "", "mailbox": "", "note": ""}
HISTORY = (
    Forgets(
        table="referrals_ambassadorevent",
        rows="r.pgh_obj_id IN (SELECT id FROM referrals_ambassador WHERE customer_id = ANY(%(keys)s))",
        owners="SELECT a.customer_id FROM referrals_ambassador a WHERE a.id = r.pgh_obj_id",
        blanks=AMBASSADOR,
    ),
    Forgets(
        table="referrals_referrerevent",
        rows="r.pgh_obj_id = ANY(%(keys)s)",
        owners="SELECT r.pgh_obj_id",
        blanks={"stop_reason": ""},
    ),
    Forgets(
        table="referrals_reviewevent",
        rows="""r.pgh_obj_id IN (
            SELECT w.id FROM referrals_review w JOIN referrals_referral b ON b.id = w.referral_id
            WHERE b.newcomer_id = ANY(%(keys)s) OR b.referrer_id = ANY(%(keys)s))""",
        owners="""SELECT unnest(ARRAY[b.newcomer_id, b.referrer_id])
            FROM referrals_review w JOIN referrals_referral b ON b.id = w.referral_id WHERE w.id = r.pgh_obj_id""",
        blanks={"decision_reason": ""},
    ),
)


@requires_transaction
def forget_referrals(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. His link brings nothing any more, and what waited for him is refused.

    Who brought whom and what was paid stays, by ids. What an ambassador earned in money is settled by his number.
    """
    key = customer.pk
    _end_link(customer, now)
    reviews = Review.objects.filter(Q(referral__newcomer=key) | Q(referral__referrer=key)).exclude(decision_reason="")
    ambassador = Ambassador.objects.filter(customer=key)
    # By his devices, which the traits know.
    visits = changed(FORGET_VISITS, {"customer": key})
    return {
        "referrals_visit": visits,
        "referrals_trait": _forget_traits(customer),
        "referrals_review": reviews.update(decision_reason=UNSAID),
        "referrals_ambassador": ambassador.update(**{**AMBASSADOR, "name": _("Forgotten")}, is_active=False),
        **forget(HISTORY, [key]),
    }


def _end_link(customer: Customer, now: datetime) -> None:
    """The link of a merged record is the survivor's already: there is nothing of its own to end."""
    if customer.merged_into_id is not None:
        return
    waiting = Reward.objects.filter(payee=customer.pk, status__in=[Reward.Status.PENDING, Reward.Status.HELD]).exclude(
        kind="money"
    )
    keys = list(waiting.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    Reward.objects.filter(pk__in=keys).update(status=Reward.Status.REJECTED, closed_at=now)
    referrer, _made = Referrer.objects.get_or_create(pk=customer.pk)
    referrer.stopped_at = referrer.stopped_at or now
    referrer.stop_reason, referrer.shows_name = UNSAID, False
    referrer.save(update_fields=["stopped_at", "stop_reason", "shows_name"])


def _forget_traits(customer: Customer) -> int:
    """His own, and those that a guest of the same mailbox or phone left."""
    gone = Trait.objects.filter(customer=customer.pk).delete()[0]
    owned = owned_contacts(customer)
    contacts = [*hashed_traits({"phone": owned.proven_phone})]
    for email in owned.emails:
        contacts += hashed_traits({"email": email})
    for kind, value in contacts:
        gone += Trait.objects.filter(customer=None, kind=kind, value=value).delete()[0]
    return gone


# The visit he first came by, and others of his browsers. Unique by code, device and day.
FORGET_VISITS = """
UPDATE referrals_visit v SET device = 'erased:' || v.id, network = ''
WHERE v.id IN (SELECT visit_id FROM referrals_referral WHERE newcomer_id = %(customer)s)
   OR v.device IN (SELECT value FROM referrals_trait WHERE customer_id = %(customer)s AND kind = 'device')
"""
