"""A refund undoes what the order earned, for who brought the buyer and for himself (R-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

import points.services
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.services import withdraw_codes
from referrals.rules import kept_reward

# What was refused is cancelled too: approved later, it would be paid for goods that are back. The review stays.
UNPAID = frozenset({"pending", "held", "rejected"})


@dataclass(frozen=True)
class _Reward:
    """Of the order, locked. `back` is what is taken back in all once this refund is done."""

    id: int
    payee_id: int | None
    kind: str
    amount: Decimal
    status: str
    taken_back_amount: Decimal
    promo_code_id: int | None

    def back(self, kept_share: Fraction) -> Decimal:
        return self.amount - kept_reward(self.amount, kept_share, self.kind)


@requires_transaction
def undo_rewards(*, order_ref: str, buyer_id: int | None, kept_share: Fraction, now: datetime) -> None:
    """`kept_share` of the order's goods stays sold. Called before any points move; the caller holds buyer and order.

    What is not paid is cancelled, and the next order of the buyer may be his first; of what is paid the share that
    went back is taken back: points into debt if need be, a promo code that is not used once all goods are back.
    Rewards, promo codes and then accounts, the buyer's too, are locked here. One statement when there are no rewards.
    """
    rewards = _locked(LOCK, order_ref)
    if not rewards:
        return
    _cancel([reward.id for reward in rewards if reward.status in UNPAID], order_ref, now)
    _take_paid(rewards, [] if buyer_id is None else [buyer_id], kept_share, order_ref, now)


@requires_transaction
def undo_referral(*, referral_id: int, accounts: Sequence[int], now: datetime) -> None:
    """All that was paid for the referral is taken back: it turned out that the two are one person (CU-3).

    `accounts` are customers whose points the caller is about to move; they are locked with those of the payees.
    """
    rewards = _locked(LOCK_OF_REFERRAL, referral_id)
    if rewards:
        _take_paid(rewards, accounts, Fraction(0), "", now)


def _take_paid(
    rewards: Sequence[_Reward], others: Sequence[int], kept_share: Fraction, order_ref: str, now: datetime
) -> None:
    paid = [reward for reward in rewards if reward.status == "paid"]
    asked = [reward for reward in paid if reward.back(kept_share) > reward.taken_back_amount]
    kept_codes = _withdraw([reward.promo_code_id for reward in asked if reward.promo_code_id])
    taken = [reward for reward in asked if reward.promo_code_id not in kept_codes]
    _mark_taken(taken, kept_share, now)
    _take_points([reward for reward in taken if reward.kind == "points"], others, kept_share, order_ref, now)


def _locked(sql: str, of: str | int) -> list[_Reward]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [of])
        return [_Reward(*row) for row in cursor.fetchall()]


def _cancel(rewards: Sequence[int], order_ref: str, now: datetime) -> None:
    if rewards:
        _run(CANCEL, {"rewards": rewards, "order_ref": order_ref, "now": now})


def _withdraw(promo_codes: Sequence[int]) -> set[int]:
    """Those that are used already: what they brought stays."""
    return set(promo_codes) - withdraw_codes(promo_code_ids=promo_codes) if promo_codes else set()


def _mark_taken(rewards: Sequence[_Reward], kept_share: Fraction, now: datetime) -> None:
    if rewards:
        amounts = [reward.back(kept_share) for reward in rewards]
        _run(MARK_TAKEN, {"rewards": [reward.id for reward in rewards], "amounts": amounts, "now": now})


def _take_points(
    rewards: Sequence[_Reward], others: Sequence[int], kept_share: Fraction, order_ref: str, now: datetime
) -> None:
    """All accounts that will be needed are locked first, by key, those of `others` among them."""
    if not rewards:
        return
    payees = {reward.payee_id for reward in rewards if reward.payee_id is not None}
    points.services.lock_accounts(customer_ids=sorted({*others, *payees}))
    for reward in rewards:
        back = reward.back(kept_share)
        points.services.take_back(
            earn_fact=f"referral:{reward.id}",
            amount=int(back - reward.taken_back_amount),
            fact=f"take_back:referral:{reward.id}:{back:.0f}",
            now=now,
            order_ref=order_ref,
        )


def _run(sql: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


LOCK = """
SELECT id, payee_id, kind, amount, status, taken_back_amount, promo_code_id FROM referrals_reward
WHERE order_ref = %s AND order_ref <> '' ORDER BY id FOR NO KEY UPDATE
"""

LOCK_OF_REFERRAL = """
SELECT id, payee_id, kind, amount, status, taken_back_amount, promo_code_id FROM referrals_reward
WHERE referral_id = %s ORDER BY id FOR NO KEY UPDATE
"""

CANCEL = """
WITH cancelled AS (
    UPDATE referrals_reward SET status = 'cancelled', closed_at = %(now)s WHERE id = ANY(%(rewards)s::bigint[])
    RETURNING referral_id
)
UPDATE referrals_referral SET first_order_ref = '', first_ordered_at = NULL, first_order_amount = NULL
WHERE id IN (SELECT referral_id FROM cancelled) AND first_order_ref = %(order_ref)s
"""

# The statement counts a refund in its own month, so each is written down.
MARK_TAKEN = """
WITH back AS (
    SELECT * FROM unnest(%(rewards)s::bigint[], %(amounts)s::numeric[]) AS back (id, amount)
), written AS (
    INSERT INTO referrals_takenback (reward_id, amount, taken_back_at)
    SELECT r.id, back.amount - r.taken_back_amount, %(now)s FROM back JOIN referrals_reward r ON r.id = back.id
)
UPDATE referrals_reward r
SET taken_back_amount = back.amount,
    status = CASE WHEN back.amount = r.amount THEN 'taken_back' ELSE r.status END,
    closed_at = CASE WHEN back.amount = r.amount THEN %(now)s::timestamptz ELSE r.closed_at END
FROM back WHERE r.id = back.id
"""
