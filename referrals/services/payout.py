"""Paying what is due, in sets and once (R-3, R-4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from customers.queries import programme
from loyalty_site.kernel.arrays import numbers
from loyalty_site.kernel.transactions import requires_transaction
from notifications.services import queue_messages
from points.rules import lot_dates
from points.services import BulkEarning, earn_for_many
from promocodes.rules import end_of
from promocodes.services import CodeSpec, issue_codes
from referrals.models.referral import RewardKind
from referrals.queries.due import DuePlace
from referrals.services.judge import judge

# Refunds of these orders wait until a chunk is paid: a moment, far below the time a lock is waited for.
CHUNK = 2_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CODE_TYPES = {RewardKind.FIXED_CODE: "fixed", RewardKind.PERCENT_CODE: "percent"}


@dataclass(frozen=True)
class PaidOut:
    """Of the rewards that were due `paid` are paid now, `held` are not: under review or refused.

    `left`: it was a whole chunk, more may be due: behind `last`, the place in the line of the last of them.
    """

    paid: int
    held: int
    left: bool
    last: DuePlace | None = field(default=None, compare=False)


@requires_transaction
def pay_due(*, now: datetime, limit: int = CHUNK, after: DuePlace | None = None) -> PaidOut:
    """Judge the next `limit` rewards that are due, behind `after`, and pay those that nothing speaks against.

    Rewards that another worker, a refund or staff hold at this moment are left to them, or to the next call.
    """
    behind = after or DuePlace(EARLIEST, 0)
    params = {"now": now, "limit": limit, "due_at": behind.due_at, "id": behind.reward_id}
    due = [_Due(*row) for row in _rows(LOCK_DUE, params)]
    if not due:
        return PaidOut(0, 0, left=False)
    paid = _judge_and_pay(due, now)
    return PaidOut(paid, len(due) - paid, left=len(due) == limit, last=DuePlace(due[-1].due_at, due[-1].id))


@requires_transaction
def pay_one(*, reward_id: int, now: datetime) -> int:
    """What `pay_due` does, for one reward. Returns 1 when it is paid, 0 when it is not due or held by another."""
    due = [_Due(*row) for row in _rows(LOCK_ONE, {"now": now, "id": reward_id})]
    return _judge_and_pay(due, now) if due else 0


class _Due(NamedTuple):
    id: int
    referral_id: int
    due_at: datetime


def _judge_and_pay(due: Sequence[_Due], now: datetime) -> int:
    reward_ids, referral_ids = [row.id for row in due], sorted({row.referral_id for row in due})
    judge(referral_ids=referral_ids, reward_ids=reward_ids, now=now)
    return pay_rewards(reward_ids=reward_ids, now=now)


@requires_transaction
def pay_rewards(*, reward_ids: Sequence[int], now: datetime) -> int:
    """Pay those of `reward_ids`, locked by the caller, that are pending and due. Returns how many.

    Points come at once as a lot under the fact `referral:<id>`, promo codes are made and switched on, money is a line
    of a statement, which the paid reward itself is. Messages are queued. The number of statements does not depend on
    that of the rewards, but for one row of terms for each kind and amount of codes.
    """
    paid = [_Paid(*row) for row in sorted(_rows(MARK_PAID, {"rewards": numbers(reward_ids), "now": now}))]
    _give_points([reward for reward in paid if reward.kind == RewardKind.POINTS], now)
    _give_codes([reward for reward in paid if reward.kind in CODE_TYPES], now)
    _tell(paid, now)
    return len(paid)


class _Paid(NamedTuple):
    """`payee_id` is 0 for money of a partner without an account."""

    id: int
    role: str
    payee_id: int
    kind: str
    amount: Decimal
    order_ref: str
    code_days: int


def _give_points(rewards: Sequence[_Paid], now: datetime) -> None:
    if not rewards:
        return
    life_days = programme().points_life_days
    starts, ends = lot_dates(now=now, hold_days=0, life_days=life_days, zone=_zone())
    earnings = [
        BulkEarning(reward.payee_id, int(reward.amount), "referral", f"referral:{reward.id}", reward.order_ref)
        for reward in rewards
    ]
    earn_for_many(earnings=earnings, available_from=starts, expires_at=ends, now=now)


def _give_codes(rewards: Iterable[_Paid], now: datetime) -> None:
    terms: Callable[[_Paid], Any] = attrgetter("kind", "amount", "code_days")
    given: dict[int, int] = {}
    for _terms, group in groupby(sorted(rewards, key=terms), key=terms):
        alike = list(group)
        codes = issue_codes(spec=_spec(alike[0], now), customer_ids=[reward.payee_id for reward in alike], now=now)
        given |= {reward.id: code.promo_code_id for reward, code in zip(alike, codes, strict=True)}
    if given:
        _run(NOTE_CODES, {"rewards": numbers(given), "codes": numbers(given.values())})


def _spec(reward: _Paid, now: datetime) -> CodeSpec:
    """From now on for `code_days`, the last of them whole (M-4)."""
    zone = _zone()
    # The name of a campaign is data: in the shop's language, whoever's request this is.
    with translation.override(settings.LANGUAGE_CODE):
        campaign = gettext("Referrals")
    last_day = now.astimezone(zone).date() + timedelta(days=reward.code_days)
    return CodeSpec(
        type=CODE_TYPES[RewardKind(reward.kind)],
        value=reward.amount,
        starts_at=now,
        ends_at=end_of(last_day, zone),
        max_uses=1,
        campaign=campaign,
    )


def _tell(rewards: Sequence[_Paid], now: datetime) -> None:
    """A partner without an account of a buyer is told by his statement."""
    for kind, role in (("referral_paid", "referrer"), ("referral_welcome", "newcomer")):
        told = [reward.id for reward in rewards if reward.role == role and reward.payee_id]
        if told:
            params = {"rewards": numbers(told), "key": f"{kind}:"}
            queue_messages(kind=kind, select=MESSAGES, params=params, now=now)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _rows(sql: str, params: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _run(sql: str, params: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


LOCK_ONE = """
SELECT id, referral_id, due_at FROM referrals_reward
WHERE id = %(id)s AND status = 'pending' AND due_at <= %(now)s
FOR NO KEY UPDATE SKIP LOCKED
"""

LOCK_DUE = """
SELECT id, referral_id, due_at FROM referrals_reward
WHERE status = 'pending' AND due_at <= %(now)s AND (due_at, id) > (%(due_at)s, %(id)s)
ORDER BY due_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""

# Who pays asks the row itself once more, so that nobody can pay what another has paid. The referral is looked up by
# a subquery: a join would read all referrals there are for each chunk.
MARK_PAID = """
UPDATE referrals_reward r SET status = 'paid', paid_at = %(now)s
WHERE r.id = ANY(%(rewards)s::bigint[]) AND r.status = 'pending' AND r.due_at <= %(now)s
RETURNING r.id, r.role, COALESCE(r.payee_id, 0), r.kind, r.amount, r.order_ref,
          (SELECT f.code_days FROM referrals_referral f WHERE f.id = r.referral_id)
"""

NOTE_CODES = """
UPDATE referrals_reward r SET promo_code_id = given.code_id
FROM unnest(%(rewards)s::bigint[], %(codes)s::bigint[]) AS given (id, code_id) WHERE r.id = given.id
"""

MESSAGES = """
SELECT %(key)s || r.id, r.payee_id,
       jsonb_build_object(
           'kind', r.kind, 'amount', r.amount::text,
           'code', COALESCE((SELECT c.code FROM promocodes_promocode c WHERE c.id = r.promo_code_id), ''),
           'newcomer_id', (SELECT f.newcomer_id FROM referrals_referral f WHERE f.id = r.referral_id), 'reward', r.id)
FROM referrals_reward r WHERE r.id = ANY(%(rewards)s::bigint[])
"""
