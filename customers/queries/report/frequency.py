"""How often customers buy: orders each, who came again, days between purchases; for a period and the one before."""

from decimal import Decimal
from typing import Any

from django.db import connection

from customers.queries.report.scope import day_start, scope
from customers.queries.report.shapes import BANDS, Band, Figures, Frequency, ReportFilter, percent


def frequency(asked: ReportFilter) -> Frequency:
    """Figures of the buyers of the period, and how many made one order, two and so on. One query."""
    condition, params = scope(asked)
    params |= {"from": day_start(asked.before) if asked.compare else params["start"], "bands": list(BANDS)}
    with connection.cursor() as cursor:
        cursor.execute(FREQUENCY.format(scope=condition), params)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    now = [row for row in rows if row["is_now"]]
    total = _figures(now)
    return Frequency(
        total=total,
        previous=_figures([row for row in rows if not row["is_now"]]) if asked.compare else None,
        bands=tuple(_band(place, now, total) for place in range(len(BANDS))),
    )


def _figures(rows: list[dict[str, Any]]) -> Figures:
    def total(name: str) -> int:
        return sum(row[name] for row in rows)

    return Figures(
        customers=total("customers"),
        new=total("new"),
        orders=total("orders"),
        revenue=sum((row["revenue"] for row in rows), Decimal(0)),
        repeated=sum(row["customers"] for row in rows if row["band"] > 1),
        gaps=total("orders") - total("customers"),
        gap_days=total("gap_days"),
    )


def _band(place: int, rows: list[dict[str, Any]], total: Figures) -> Band:
    found: dict[str, Any] = next((row for row in rows if row["band"] == place + 1), {})
    customers, revenue = found.get("customers", 0), found.get("revenue", Decimal(0))
    return Band(
        least=BANDS[place],
        most=BANDS[place + 1] - 1 if place + 1 < len(BANDS) else None,
        customers=customers,
        orders=found.get("orders", 0),
        revenue=revenue,
        share=percent(customers, total.customers),
        revenue_share=percent(revenue, total.revenue),
    )


# The first purchase ever is looked up in the index of a customer's purchases, one look for each buyer.
FREQUENCY = """
WITH bought AS (
    SELECT p.customer_id, p.paid_at >= %(start)s AS is_now, count(*) AS orders,
           sum(p.goods_amount - p.refunded_amount) AS revenue, min(p.paid_at) AS first_at,
           (max(p.paid_at) AT TIME ZONE %(zone)s)::date - (min(p.paid_at) AT TIME ZONE %(zone)s)::date AS gap_days
    FROM customers_purchase p WHERE p.paid_at >= %(from)s AND p.paid_at < %(end)s AND {scope} GROUP BY 1, 2
)
SELECT is_now, width_bucket(orders, %(bands)s::bigint[]) AS band, count(*) AS customers,
       count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM customers_purchase p
           WHERE p.customer_id = bought.customer_id AND p.paid_at < bought.first_at AND {scope}
       )) AS new,
       sum(orders)::bigint AS orders, sum(revenue) AS revenue, sum(gap_days)::bigint AS gap_days
FROM bought GROUP BY 1, 2
"""
