"""Who brought a newcomer is a fact of the registration, once and for ever (R-2)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

import customers.queries
from customers.models import Customer, Programme
from customers.rules import Brought
from customers.services import mark_stale
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Referral, Reward, Visit
from referrals.models.visit import Via
from referrals.queries import Inviter, inviter
from referrals.services.judge import judge
from referrals.services.payout import pay_rewards
from referrals.services.terms import terms_in_force
from referrals.services.traits import contacts_of, note_traits


@requires_transaction
def attribute(*, customer: Customer, brought: Brought, now: datetime) -> Referral | None:
    """For a customer who has just registered: his traits noted, the referral with the terms of today, and a welcome
    reward where the programme gives one at registration: judged, then paid.

    None when nobody brought him, or somebody who was stopped. Raises InvalidInput `referral_code` for a code that is
    nobody's; one that came with a visit was somebody's then, and brings nothing now.
    """
    seen = {**contacts_of(customer), "device": brought.device, "network": brought.network}
    note_traits(customer_id=customer.pk, traits=seen, now=now)
    found = _inviter(brought)
    if found is None or not _may_bring(found, customer):
        return None
    programme = customers.queries.programme()
    referral = _referral(customer, found, brought, programme, now)
    _welcome(referral, now)
    if found.customer_id is not None:
        # Segments may ask who has brought friends.
        mark_stale(customer_ids=[found.customer_id], now=now)
    return referral


def _inviter(brought: Brought) -> Inviter | None:
    if not brought.code:
        return None
    found = inviter(brought.code)
    if found is None and brought.visit is None:
        raise invalid("referral_code", _("There is no such referral code."), code="unknown")
    return found


def _may_bring(found: Inviter, customer: Customer) -> bool:
    """Not stopped, and a customer before the newcomer was one: the database holds the second, by their keys."""
    return found.stopped_at is None and (found.customer_id is None or found.customer_id < customer.pk)


def _referral(customer: Customer, found: Inviter, brought: Brought, programme: Programme, now: datetime) -> Referral:
    visit = Visit.objects.filter(token=brought.visit, code=found.code).first() if brought.visit else None
    return Referral.objects.create(
        newcomer=customer,
        referrer_id=found.customer_id,
        ambassador=found.ambassador,
        code=found.code,
        via=brought.via if brought.via in Via.values else Via.LINK,
        visit=visit,
        registered_at=now,
        **terms_in_force(programme, found.ambassador, now=now),
    )


def _welcome(referral: Referral, now: datetime) -> None:
    if referral.newcomer_at != Programme.RefereeRewardAt.REGISTRATION or not referral.newcomer_amount:
        return
    reward = Reward.objects.create(
        referral=referral,
        role=Reward.Role.NEWCOMER,
        payee_id=referral.newcomer_id,
        kind=referral.newcomer_kind,
        amount=referral.newcomer_amount,
        qualified_at=now,
        due_at=now,
    )
    judge(referral_ids=[referral.pk], reward_ids=[reward.pk], now=now)
    pay_rewards(reward_ids=[reward.pk], now=now)
