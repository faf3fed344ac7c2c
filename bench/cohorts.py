"""The report on customers beside a bare aggregate of the same purchases.

`BENCH_CUSTOMERS` people (100,000 unless told) with ten purchases each over three years, unevenly, every fiftieth given
back. The floor groups all kept purchases by customer: count, sum, first and last moment,
which is the least that any such report has to read.
"""

import os
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.floor import Measurement, best_of

COUNT = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
EACH = 10


def measure() -> Iterator[Measurement]:
    from customers.queries.report import ReportFilter, cohort_table, frequency, within_time

    purchases(COUNT)
    today = timezone.localdate()
    every = ReportFilter(today - timedelta(days=3 * 366), today, compare=False)
    year = ReportFilter(today - timedelta(days=364), today, compare=True)

    def timed(name: str, work: object) -> Measurement:
        def run() -> None:
            with within_time(seconds=600):
                work()  # type: ignore[operator]

        return Measurement(name, best_of(run, times=3), "bare aggregate", floor, count=COUNT * EACH, statements=1)

    floor = best_of(_floor, times=3)
    yield timed("cohorts of three years", lambda: cohort_table(every, today=today))
    yield timed("cohorts of a year", lambda: cohort_table(year, today=today))
    yield timed("frequency of three years", lambda: frequency(every))
    yield timed("frequency of a year and the one before", lambda: frequency(year))


def purchases(count: int) -> None:
    """Customers and their purchases, spread as in a shop: most buy once or twice, some often."""
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, PURCHASES):
            cursor.execute(statement, {"count": count, "each": EACH})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_purchase")
        cursor.execute("VACUUM ANALYZE customers_customer")


def _floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(f"SELECT count(*), sum(orders) FROM ({FLOOR}) AS bought")
        cursor.fetchone()


FLOOR = """
SELECT customer_id, count(*) AS orders, sum(goods_amount - refunded_amount) AS revenue, min(paid_at), max(paid_at)
FROM customers_purchase WHERE customer_id IS NOT NULL AND NOT is_returned AND goods_amount > refunded_amount
GROUP BY 1
"""

CUSTOMERS = """
INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)
SELECT gen_random_uuid(), 'report-' || n, '', '', now() - interval '3 years' FROM generate_series(1, %(count)s) n
"""

# A share of a share of the customers makes most of the purchases; a customer's first day lies anywhere in the years.
PURCHASES = """
WITH known AS (SELECT array_agg(id ORDER BY id) AS ids FROM customers_customer WHERE external_id LIKE 'report-%%'),
drawn AS (
    SELECT n, 1 + floor(%(count)s * power(random(), 1.8))::int AS place, random() AS age,
           round((200 + random() * 5000)::numeric, 2) AS goods
    FROM generate_series(1, %(count)s * %(each)s) n
)
INSERT INTO customers_purchase
    (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first)
SELECT ids[place], 'report:' || n, (ARRAY['site', 'app', 'pos'])[1 + n %% 3],
       now() - interval '1 second' * (86400 * 1095 * age * ((place * 7919 %% 997) + 1) / 997.0),
       goods, 0, CASE WHEN n %% 50 = 0 THEN goods ELSE 0 END, FALSE
FROM drawn, known
"""
