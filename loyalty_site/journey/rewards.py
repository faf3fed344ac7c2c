"""Rewards for invitations, worked out anew from receipts and refunds alone, beside those the shop gave (R-3, R-4).

Nothing of `referrals` is asked how much or when: only who came by whom (the plan), what each basket was paid with, what
came back, and when the worker came.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

from loyalty_site.journey.calendar import close_after
from loyalty_site.journey.households import PREFIX, registrations
from loyalty_site.journey.invitations import AMBASSADOR, PARTNER, PERIOD_DAYS, RATE, Invitation
from loyalty_site.journey.programme import HOLD_DAYS, NEWCOMER_POINTS, REFERRER_POINTS
from loyalty_site.journey.receipts import Receipts
from loyalty_site.journey.reconcile import Difference, ReplayedOrder
from loyalty_site.journey.replay import CHANNEL

HOLD = timedelta(days=HOLD_DAYS)
KOPECK = Decimal("0.01")
# Who gets it and for which basket.
Key = tuple[str, str]
# When, 1 for a refund, the basket; what was paid for its goods, or the share of them that has come back by now.
Event = tuple[datetime, int, str, Fraction]
# Of a reward in the database: when it was paid, its amount, how much was taken back, its state.
Found = tuple[datetime | None, Decimal, Decimal, str]


@dataclass
class Expected:
    """A reward as it should stand: its amount, how much of it was taken back, and its state."""

    amount: Decimal
    due_at: datetime
    kind: str
    taken_back: Decimal = Decimal(0)
    is_cancelled: bool = False

    @property
    def standing(self) -> tuple[Decimal, Decimal, str]:
        back = self.taken_back == self.amount
        return self.amount, self.taken_back, "cancelled" if self.is_cancelled else "taken_back" if back else "paid"


@dataclass(frozen=True)
class Rewards:
    """`states` counts the rewards there are; `reviewed` are households whose referral somebody is to look at."""

    brought: int
    states: Counter[str] = field(default_factory=Counter)
    reviewed: int = 0
    blocked: int = 0
    disguised: int = 0
    compared: int = 0
    differences: tuple[Difference, ...] = ()


def compared_rewards(
    plan: Mapping[str, Invitation], receipts: Receipts, orders: Mapping[str, ReplayedOrder], *, is_whole: bool
) -> Rewards:
    """Every reward of these households but those that somebody is to look at; of these, that the disguised had none.

    Only when the replay came to its end: until then rewards wait.
    """
    found, reviews, referrers = _found(), _reviews(), _referrers()
    differences = list(_wrong_referrers(plan, referrers))
    compared = 0
    if is_whole:
        for household, wanted in _expected(plan, receipts, orders).items():
            standing = {key: row[1:] for key, row in found[household].items()}
            if household not in reviews:
                compared += len(wanted)
                differences += _compared(household, {key: one.standing for key, one in wanted.items()}, standing)
        differences += _unnoticed(plan, found, reviews)
    return Rewards(
        brought=len(referrers),
        states=Counter(row[3] for rows in found.values() for row in rows.values()),
        reviewed=sum(status == "waiting" for status in reviews.values()),
        blocked=sum(status == "blocked" for status in reviews.values()),
        disguised=sum(_is_disguised(household, plan) for household in plan),
        compared=compared,
        differences=tuple(differences),
    )


def reward_lines(rewards: Rewards) -> Iterator[str]:
    yield f"Brought by a link or a code: {rewards.brought:,} households, {rewards.disguised:,} of them in disguise"
    states = ", ".join(f"{count:,} {state}" for state, count in rewards.states.most_common())
    yield f"  rewards: {states or 'none'}; reviews: {rewards.reviewed:,} wait, {rewards.blocked:,} refused by score"
    yield f"  {rewards.compared:,} rewards compared with what receipts and refunds say"


def _expected(
    plan: Mapping[str, Invitation], receipts: Receipts, orders: Mapping[str, ReplayedOrder]
) -> dict[str, dict[Key, Expected]]:
    """By household, in the order of what happened to it."""
    registered_at, backs = registrations(receipts.frame), _refunds()
    events: dict[str, list[Event]] = defaultdict(list)
    for receipt in receipts:
        order = orders.get(receipt.number)
        if receipt.household in plan and order:
            events[receipt.household].append((receipt.at, 0, receipt.number, Fraction(order.total)))
            given_back = Decimal(0)
            for at, amount in backs[receipt.number]:
                given_back += amount
                share = Fraction(given_back) / Fraction(order.total) if order.total else Fraction(1)
                events[receipt.household].append((at, 1, receipt.number, share))
    return {
        household: _lived(plan[household], registered_at[household], sorted(events[household])) for household in plan
    }


def _lived(invitation: Invitation, registered_at: datetime, events: list[Event]) -> dict[Key, Expected]:
    rewards: dict[Key, Expected] = {}
    first = ""
    for at, is_refund, basket, value in events:
        if is_refund:
            for key in (("referrer", basket), ("newcomer", basket)):
                if reward := rewards.get(key):
                    _give_back(reward, value, at)
                    first = "" if reward.is_cancelled and first == basket else first
        elif value > 0:
            in_time = at < registered_at + timedelta(days=PERIOD_DAYS)
            _earn(rewards, invitation, basket, _decimal(value), at, in_time=in_time, is_first=not first)
            first = first or basket
    return rewards


def _earn(
    rewards: dict[Key, Expected],
    invitation: Invitation,
    basket: str,
    goods: Decimal,
    at: datetime,
    *,
    in_time: bool,
    is_first: bool,
) -> None:
    has_stood = {role for (role, _basket), one in rewards.items() if not one.is_cancelled}
    if in_time if invitation.by == AMBASSADOR else is_first and "referrer" not in has_stood:
        amount, kind = _amount(invitation, goods)
        if amount:
            rewards["referrer", basket] = Expected(amount, at + HOLD, kind)
    if is_first and "newcomer" not in has_stood:
        rewards["newcomer", basket] = Expected(Decimal(NEWCOMER_POINTS), at + HOLD, "points")


def _amount(invitation: Invitation, goods: Decimal) -> tuple[Decimal, str]:
    if invitation.by == PARTNER:
        return (goods * RATE / 100).quantize(KOPECK, ROUND_HALF_UP), "money"
    if invitation.by == AMBASSADOR:
        return Decimal(int(goods * RATE / 100)), "points"
    return Decimal(REFERRER_POINTS), "points"


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _give_back(reward: Expected, share: Fraction, at: datetime) -> None:
    """The worker has come between the end of the hold and this refund, or it was in time."""
    if reward.is_cancelled:
        return
    if close_after(reward.due_at - timedelta(microseconds=1)) > at:
        reward.is_cancelled = True
    else:
        back = Fraction(reward.amount) * share
        is_whole = reward.kind == "points"
        reward.taken_back = Decimal(int(back)) if is_whole else _decimal(back).quantize(KOPECK, ROUND_HALF_UP)


def _compared(household: str, wanted: Mapping[Key, object], got: Mapping[Key, object]) -> Iterator[Difference]:
    for key in sorted(wanted.keys() | got.keys()):
        if wanted.get(key) != got.get(key):
            role, basket = key
            yield Difference(basket, f"the {role}'s reward of household {household}", wanted.get(key), got.get(key))


def _wrong_referrers(plan: Mapping[str, Invitation], referrers: Mapping[str, str]) -> Iterator[Difference]:
    for household, invitation in plan.items():
        if referrers.get(household) != invitation.by:
            yield Difference(household, "who brought the household", invitation.by, referrers.get(household))


def _unnoticed(
    plan: Mapping[str, Invitation], found: Mapping[str, Mapping[Key, Found]], reviews: Mapping[str, str]
) -> Iterator[Difference]:
    for household in plan:
        paid = [key for key, row in found[household].items() if row[0]]
        if _is_disguised(household, plan) and paid:
            yield Difference(household, "what one in disguise was paid", [], [*paid, reviews.get(household)])


def _is_disguised(household: str, plan: Mapping[str, Invitation]) -> bool:
    return plan[household].device != household


def _refunds() -> dict[str, list[tuple[datetime, Decimal]]]:
    found: dict[str, list[tuple[datetime, Decimal]]] = defaultdict(list)
    for basket, at, amount in _rows(REFUNDS):
        found[basket].append((at, amount))
    return found


def _found() -> dict[str, dict[Key, Found]]:
    """By household: was it paid, amount, taken back, state."""
    found: dict[str, dict[Key, Found]] = defaultdict(dict)
    for household, role, basket, paid_at, amount, taken_back, status in _rows(REWARDS):
        found[household][role, basket] = (paid_at, amount, taken_back, status)
    return found


def _reviews() -> dict[str, str]:
    return dict(_rows(REVIEWS))


def _referrers() -> dict[str, str]:
    return dict(_rows(REFERRERS))


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"channel": CHANNEL, "prefix": PREFIX})
        return cursor.fetchall()


REFUNDS = """
SELECT o.external_number, r.refunded_at, r.amount FROM orders_refund r JOIN orders_order o ON o.id = r.order_id
WHERE o.channel = %(channel)s AND o.external_number IS NOT NULL ORDER BY r.refunded_at, r.id
"""
REWARDS = """
SELECT substr(c.external_id, length(%(prefix)s) + 1), w.role, o.external_number, w.paid_at, w.amount,
       w.taken_back_amount, w.status
FROM referrals_reward w
JOIN referrals_referral r ON r.id = w.referral_id JOIN customers_customer c ON c.id = r.newcomer_id
JOIN orders_order o ON 'order:' || o.id = w.order_ref
WHERE starts_with(c.external_id, %(prefix)s)
"""
REVIEWS = """
SELECT substr(c.external_id, length(%(prefix)s) + 1), v.status FROM referrals_review v
JOIN referrals_referral r ON r.id = v.referral_id JOIN customers_customer c ON c.id = r.newcomer_id
WHERE starts_with(c.external_id, %(prefix)s)
"""
REFERRERS = """
SELECT substr(c.external_id, length(%(prefix)s) + 1), COALESCE(a.name, substr(i.external_id, length(%(prefix)s) + 1))
FROM referrals_referral r JOIN customers_customer c ON c.id = r.newcomer_id
LEFT JOIN referrals_ambassador a ON a.id = r.ambassador_id LEFT JOIN customers_customer i ON i.id = r.referrer_id
WHERE starts_with(c.external_id, %(prefix)s)
"""
