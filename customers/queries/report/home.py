"""Who bought, day by day, for the page that staff begin the day with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.queries.report.scope import KNOWN, day_start


@dataclass(frozen=True)
class CustomersOfDay:
    day: date
    buyers: int
    new: int


def customers_by_day(first: date, last: date) -> list[CustomersOfDay]:
    """Known customers with a kept purchase on each day, and those whose first it was. One query, no day left out."""
    values: dict[str, Any] = {
        "zone": str(timezone.get_default_timezone()),
        "start": day_start(first),
        "end": day_start(last + timedelta(days=1)),
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, values)
        return [CustomersOfDay(*row) for row in cursor.fetchall()]


BY_DAY = f"""
SELECT day::date, coalesce(buyers, 0), coalesce(new, 0)
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
LEFT JOIN (
    SELECT (p.paid_at AT TIME ZONE %(zone)s)::date AS day, count(DISTINCT p.customer_id) AS buyers,
           count(*) FILTER (WHERE p.is_first) AS new
    FROM customers_purchase p
    WHERE p.paid_at >= %(start)s AND p.paid_at < %(end)s AND {KNOWN} GROUP BY 1
) AS bought USING (day)
ORDER BY day
"""  # noqa: S608
