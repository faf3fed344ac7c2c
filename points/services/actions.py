"""Actions that earn, reported by the shop (PT-5)."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from customers.queries.programme import programme
from loyalty_site.kernel.transactions import requires_transaction
from points.models import EarningAction, Entry, Lot
from points.rules import EntryKind, lot_dates
from points.services.earn import earned_before
from points.services.errors import ActionLimitReached, NoSuchAction
from points.services.inputs import refuse_erased
from points.services.posting import NewLot, Origin, Posted, lock_or_open_account, post_lot


@requires_transaction
def report_action(*, customer_id: int, action_code: str, reference: str, now: datetime) -> Posted:
    """The customer did it: `reference` names the deed (`review:77`), each earns once.

    Raises NoSuchAction, ActionLimitReached and AlreadyErased; a deed reported before returns the first result all the
    same.
    """
    action = EarningAction.objects.filter(code=action_code).first()
    if action is None:
        raise NoSuchAction
    prefix = f"action:{action.code}:customer:"
    origin = Origin(customer_id, f"{prefix}{customer_id}:{reference}", now, "", action.name)
    debt = lock_or_open_account(customer_id, now=now)
    refuse_erased(customer_id)
    facts = Entry.objects.filter(account_id=customer_id, kind=EntryKind.EARN, fact__startswith=prefix)
    # By the deed: the customer may have been two, each of whom had facts of his own (CU-3).
    rewarded = {fact.removeprefix(prefix).partition(":")[2]: fact for fact in facts.values_list("fact", flat=True)}
    if reference in rewarded:
        first = Lot.objects.get(fact=rewarded[reference])
        known = NewLot(first.kind, first.amount, first.available_from, first.expires_at)
        return earned_before(replace(origin, fact=first.fact), known, EntryKind.EARN)
    if not action.is_active:
        raise NoSuchAction
    if action.limit_per_customer is not None and len(rewarded) >= action.limit_per_customer:
        raise ActionLimitReached
    return post_lot(origin, _lot(action, now), kind=EntryKind.EARN, debt=debt) or _unexpected(origin)


def _lot(action: EarningAction, now: datetime) -> NewLot:
    life_days = action.life_days or programme().points_life_days
    starts, ends = lot_dates(now=now, hold_days=0, life_days=life_days, zone=ZoneInfo(settings.TIME_ZONE))
    return NewLot(Lot.Kind.ACTION.value, action.amount, starts, ends)


def _unexpected(origin: Origin) -> Posted:
    raise AssertionError(f"{origin.fact} appeared under the lock of its account")
