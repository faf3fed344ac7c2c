"""What the programme owes, month by month (RP-1)."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class MonthOfPoints:
    """`liability` at the month's end = the month before + issued − taken_back − spent − expired − withdrawn.

    Each is net of what undid it: a return lowers `spent`. `withdrawn` is what staff took away.
    """

    month: date
    issued: int
    taken_back: int
    spent: int
    expired: int
    withdrawn: int
    liability: int


def liability_by_month() -> list[MonthOfPoints]:
    """Every month with entries, the oldest first, in the shop's time zone. One query over the whole ledger."""
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH, {"zone": settings.TIME_ZONE})
        return [MonthOfPoints(month, *map(int, sums)) for month, *sums in cursor.fetchall()]


BY_MONTH = """
SELECT date_trunc('month', posted_at AT TIME ZONE %(zone)s)::date AS month,
       COALESCE(sum(amount) FILTER (WHERE kind = 'earn' OR kind = 'adjust' AND amount > 0), 0),
       COALESCE(-sum(amount) FILTER (WHERE kind = 'take_back'), 0),
       COALESCE(-sum(amount) FILTER (WHERE kind IN ('spend', 'return')), 0),
       COALESCE(-sum(amount) FILTER (WHERE kind = 'expire'), 0),
       COALESCE(-sum(amount) FILTER (WHERE kind = 'adjust' AND amount < 0), 0),
       sum(sum(amount)) OVER (ORDER BY date_trunc('month', posted_at AT TIME ZONE %(zone)s)::date)
FROM points_entry GROUP BY 1 ORDER BY 1
"""
