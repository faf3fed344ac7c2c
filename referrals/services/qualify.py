"""A payment of a newcomer's order: the first one earns its rewards, every one for an ambassador (R-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from customers.models import Programme
from loyalty_site.kernel.transactions import requires_transaction
from referrals.rules import RewardTerms, reward_amount
from referrals.services.traits import hashed_traits, note_traits


@dataclass(frozen=True)
class _Referral:
    """The buyer's, and what decides on rewards of his order. It changes only under his lock, which the caller holds."""

    id: int
    newcomer_id: int
    referrer_id: int | None
    ambassador_id: int | None
    hold_days: int
    minimum_order: Decimal
    referrer_kind: str
    referrer_amount: Decimal
    is_percent: bool
    every_order: bool
    earns_until: datetime | None
    newcomer_kind: str
    newcomer_amount: Decimal
    newcomer_at: str
    has_first_order: bool
    is_stopped: bool
    point_value: Decimal

    def referrer_earns(self, now: datetime) -> bool:
        """One who was stopped earns nothing more; an ambassador earns within his period."""
        return not self.is_stopped and (self.earns_until is None or now < self.earns_until)


class _Earned(NamedTuple):
    """One reward of an order, without what all of them have in common."""

    role: str
    payee_id: int | None
    ambassador_id: int | None
    kind: str
    amount: Decimal
    is_single: bool


@requires_transaction
def qualify(
    *, customer_id: int | None, order_ref: str, goods_amount: Decimal, traits: Mapping[str, str], now: datetime
) -> None:
    """For an order that has just been paid, `goods_amount` of it for goods; the caller holds the customer.

    `traits` as they were seen, a guest's too. Rewards wait for the hold of the referral's terms. At most one statement
    without a referral, two with one.
    """
    if customer_id is None:
        note_traits(customer_id=None, traits=traits, now=now)
        return
    referral = _noted(customer_id, traits, now)
    if referral is None or goods_amount <= 0 or goods_amount < referral.minimum_order:
        return
    is_first = not referral.has_first_order
    rewards = _earned(referral, goods_amount, is_first=is_first, now=now)
    if is_first or rewards:
        _write(referral, rewards, order_ref, goods_amount, now)


def _noted(customer_id: int, traits: Mapping[str, str], now: datetime) -> _Referral | None:
    noted = hashed_traits(traits)
    values: dict[str, Any] = {
        "customer": customer_id,
        "kinds": [kind for kind, _value in noted],
        "values": [value for _kind, value in noted],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE_AND_READ, values)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    return _Referral(**dict(zip(names, row, strict=True))) if row else None


def _earned(referral: _Referral, goods: Decimal, *, is_first: bool, now: datetime) -> list[_Earned]:
    rewards = []
    if (is_first or referral.every_order) and referral.referrer_earns(now):
        terms = RewardTerms(referral.referrer_kind, referral.referrer_amount, referral.is_percent)
        amount = reward_amount(terms, goods, referral.point_value)
        payee, ambassador = referral.referrer_id, referral.ambassador_id
        rewards.append(_Earned("referrer", payee, ambassador, terms.kind, amount, not referral.every_order))
    if is_first and referral.newcomer_at == Programme.RefereeRewardAt.FIRST_ORDER:
        terms = RewardTerms(referral.newcomer_kind, referral.newcomer_amount)
        amount = reward_amount(terms, goods, referral.point_value)
        rewards.append(_Earned("newcomer", referral.newcomer_id, None, terms.kind, amount, is_single=True))
    return [reward for reward in rewards if reward.amount > 0]


def _write(referral: _Referral, rewards: list[_Earned], order_ref: str, goods: Decimal, now: datetime) -> None:
    values: dict[str, Any] = {
        "referral": referral.id,
        "order_ref": order_ref,
        "goods": goods,
        "now": now,
        "due_at": now + timedelta(days=referral.hold_days),
        **{f"{column}s": [getattr(reward, column) for reward in rewards] for column in _Earned._fields},
    }
    with connection.cursor() as cursor:
        cursor.execute(QUALIFY, values)


NOTE_AND_READ = """
WITH noted AS (
    INSERT INTO referrals_trait (customer_id, kind, value, seen_at)
    SELECT %(customer)s, seen.kind, seen.value, %(now)s
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS seen (kind, value)
    ON CONFLICT DO NOTHING
)
SELECT r.id, r.newcomer_id, r.referrer_id, r.ambassador_id, r.hold_days, r.minimum_order,
       r.referrer_kind, r.referrer_amount, r.is_percent, r.every_order, r.earns_until,
       r.newcomer_kind, r.newcomer_amount, r.newcomer_at, r.first_order_ref <> '' AS has_first_order,
       w.stopped_at IS NOT NULL AS is_stopped,
       COALESCE((SELECT point_value FROM customers_programme WHERE id = 1), 1) AS point_value
FROM referrals_referral r LEFT JOIN referrals_referrer w ON w.customer_id = r.referrer_id
WHERE r.newcomer_id = %(customer)s AND r.registered_at <= %(now)s
"""

# A single reward that was earned before and not cancelled stays the only one.
QUALIFY = """
WITH first AS (
    UPDATE referrals_referral
    SET first_order_ref = %(order_ref)s, first_ordered_at = %(now)s, first_order_amount = %(goods)s
    WHERE id = %(referral)s AND first_order_ref = ''
)
INSERT INTO referrals_reward
    (referral_id, role, payee_id, ambassador_id, kind, amount, is_single, order_ref, base_amount, qualified_at, due_at,
     status, taken_back_amount)
SELECT %(referral)s, e.role, e.payee_id, e.ambassador_id, e.kind, e.amount, e.is_single, %(order_ref)s, %(goods)s,
       %(now)s, %(due_at)s, 'pending', 0
FROM unnest(%(roles)s::text[], %(payee_ids)s::bigint[], %(ambassador_ids)s::bigint[], %(kinds)s::text[],
            %(amounts)s::numeric[], %(is_singles)s::boolean[])
    AS e (role, payee_id, ambassador_id, kind, amount, is_single)
ON CONFLICT DO NOTHING
"""
