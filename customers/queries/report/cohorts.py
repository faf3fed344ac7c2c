"""Cohorts by the month of the first purchase: who came back, and what they brought (retention, LTV)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection

from customers.queries.report.scope import scope
from customers.queries.report.shapes import CENT, AverageMonth, Cohort, CohortMonth, CohortTable, ReportFilter, share

Row = tuple[date, int, int, int, Decimal]


def cohort_table(asked: ReportFilter, *, today: date) -> CohortTable:
    """Customers by the month of their first kept purchase ever, watched until now, for the period's months.

    One query. A month that the period only touches is there as a whole: a part of a cohort is no cohort.
    """
    first, last = asked.first_day.replace(day=1), asked.last_day
    cohorts = _cohorts([row for row in _rows(asked) if first <= row[0] <= last], today)
    return CohortTable(cohorts, _average(cohorts))


def _rows(asked: ReportFilter) -> list[Row]:
    condition, params = scope(asked)
    with connection.cursor() as cursor:
        cursor.execute(COHORTS.format(scope=condition), params)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _cohorts(rows: Iterable[Row], today: date) -> tuple[Cohort, ...]:
    found: dict[date, dict[int, tuple[int, int, Decimal]]] = defaultdict(dict)
    for month, age, buyers, orders, revenue in rows:
        found[month][age] = (buyers, orders, revenue)
    return tuple(_cohort(month, found[month], today) for month in sorted(found))


def _cohort(month: date, found: dict[int, tuple[int, int, Decimal]], today: date) -> Cohort:
    """Everybody of a cohort bought in its month 0, so that is its size."""
    size, total = found[0][0], Decimal(0)
    now = _months(today) - _months(month)
    months = []
    for age in range(max(now, *found) + 1):
        buyers, orders, revenue = found.get(age, (0, 0, Decimal(0)))
        total += revenue
        months.append(CohortMonth(age, buyers, orders, revenue, total, size, is_over=age < now))
    return Cohort(month, size, tuple(months))


def _average(cohorts: tuple[Cohort, ...]) -> tuple[AverageMonth, ...]:
    """A month that still runs would pull the average down, so it is left out."""
    by_age: dict[int, list[CohortMonth]] = defaultdict(list)
    for cohort in cohorts:
        for one in cohort.months:
            if one.is_over:
                by_age[one.age].append(one)
    return tuple(_averaged(age, by_age[age]) for age in sorted(by_age))


def _averaged(age: int, months: list[CohortMonth]) -> AverageMonth:
    size = sum(one.size for one in months)
    return AverageMonth(
        age=age,
        size=size,
        retention=share(sum(one.buyers for one in months), size),
        ltv=(sum((one.total for one in months), Decimal(0)) / size).quantize(CENT),
    )


def _months(day: date) -> int:
    return day.year * 12 + day.month


# Finding a moment's month among the months' beginnings is several times cheaper than `date_trunc` in a zone, and who
# came in a month is told apart from what was bought in it so that a pair of customer and month costs a few bytes.
COHORTS = """
WITH month AS MATERIALIZED (
    SELECT array_agg(first ORDER BY first) AS firsts, array_agg(first AT TIME ZONE %(zone)s ORDER BY first) AS starts
    FROM generate_series(
        (SELECT date_trunc('month', min(paid_at) AT TIME ZONE %(zone)s) FROM customers_purchase),
        (SELECT date_trunc('month', max(paid_at) AT TIME ZONE %(zone)s) FROM customers_purchase),
        interval '1 month'
    ) AS first
), joined AS MATERIALIZED (
    SELECT p.customer_id, width_bucket(min(p.paid_at), (SELECT starts FROM month)) AS month
    FROM customers_purchase p WHERE {scope} GROUP BY 1
), bought AS (
    SELECT joined.month AS cohort, width_bucket(p.paid_at, (SELECT starts FROM month)) AS month, count(*) AS orders,
           sum(p.goods_amount - p.refunded_amount) AS revenue
    FROM customers_purchase p JOIN joined USING (customer_id) WHERE {scope} GROUP BY 1, 2
), came AS (
    SELECT joined.month AS cohort, visited.month, count(*) AS buyers
    FROM (
        SELECT DISTINCT p.customer_id, width_bucket(p.paid_at, (SELECT starts FROM month)) AS month
        FROM customers_purchase p WHERE {scope}
    ) visited JOIN joined USING (customer_id)
    GROUP BY 1, 2
)
SELECT (SELECT firsts FROM month)[cohort]::date, month - cohort, buyers, orders, revenue
FROM bought JOIN came USING (cohort, month)
"""
