"""What an ambassador earned, month by month: after the hold, less what refunds took back (R-6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class MonthOfEarnings:
    """`month` is its first day in the shop's calendar; `kind` says what `earned` and `taken_back` are.

    `friends` and `orders` are those whose rewards were paid in the month, `goods` what was paid for. A refund counts in
    the month it happened, so that a month that was settled does not change.
    """

    month: date
    kind: str
    friends: int
    orders: int
    goods: Decimal
    earned: Decimal
    taken_back: Decimal

    @property
    def net(self) -> Decimal:
        return self.earned - self.taken_back


@dataclass(frozen=True)
class StatementLine:
    """One movement: a reward that was paid, or (`amount` below zero) what a refund took back of it."""

    reward_id: int
    referral_id: int
    newcomer_id: int
    first_name: str
    last_name: str
    order_ref: str
    at: datetime
    goods: Decimal
    kind: str
    amount: Decimal


def statement(ambassador_id: int, *, kind: str | None = None) -> list[MonthOfEarnings]:
    """Months in which anything moved, the oldest first; of one kind of pay, or of all. One query."""
    return [MonthOfEarnings(**row) for row in _rows(f"{MOVES} {MONTHS}", _asked(ambassador_id, kind=kind))]


def statement_lines(ambassador_id: int, *, month: date) -> list[StatementLine]:
    """What the sums of a month are made of, the oldest first. One query."""
    return [
        StatementLine(**row) for row in _rows(f"{MOVES} {LINES}", _asked(ambassador_id, month=month.replace(day=1)))
    ]


def _asked(ambassador_id: int, **more: Any) -> dict[str, Any]:
    return {"ambassador": ambassador_id, "zone": settings.TIME_ZONE, **more}


def _rows(sql: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


MOVES = """
WITH moves AS (
    SELECT id AS reward_id, referral_id, kind, order_ref, paid_at AS at, base_amount AS goods, amount, TRUE AS is_pay
    FROM referrals_reward
    WHERE ambassador_id = %(ambassador)s AND role = 'referrer' AND status IN ('paid', 'taken_back')
    UNION ALL
    SELECT r.id, r.referral_id, r.kind, r.order_ref, b.taken_back_at, 0, -b.amount, FALSE
    FROM referrals_reward r JOIN referrals_takenback b ON b.reward_id = r.id
    WHERE r.ambassador_id = %(ambassador)s AND r.role = 'referrer'
), dated AS (
    SELECT *, date_trunc('month', at AT TIME ZONE %(zone)s)::date AS month FROM moves
)
"""
MONTHS = """
SELECT month, kind,
       count(DISTINCT referral_id) FILTER (WHERE is_pay) AS friends,
       count(*) FILTER (WHERE is_pay) AS orders,
       sum(goods)::numeric(14, 2) AS goods,
       COALESCE(sum(amount) FILTER (WHERE is_pay), 0)::numeric(14, 2) AS earned,
       COALESCE(-sum(amount) FILTER (WHERE NOT is_pay), 0)::numeric(14, 2) AS taken_back
FROM dated
WHERE %(kind)s::text IS NULL OR kind = %(kind)s
GROUP BY month, kind
ORDER BY month, kind
"""
LINES = """
SELECT d.reward_id, d.referral_id, f.newcomer_id, n.first_name, n.last_name, d.order_ref, d.at, d.goods, d.kind,
       d.amount
FROM dated d
JOIN referrals_referral f ON f.id = d.referral_id
JOIN customers_customer n ON n.id = f.newcomer_id
WHERE d.month = %(month)s
ORDER BY d.at, d.reward_id, d.is_pay DESC
"""
