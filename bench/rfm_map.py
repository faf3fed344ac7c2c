"""The RFM map beside a bare aggregate of its rows, with a month of movement.

`BENCH_CUSTOMERS` people (100,000 unless told) lie on the map, and a third of them moved within the month, some twice.
"""

import os
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.floor import Measurement, best_of

COUNT = int(os.environ.get("BENCH_CUSTOMERS", "100000"))


def measure() -> Iterator[Measurement]:
    from customers.queries.rfm_map import rfm_map
    from customers.rules.rfm import MAP

    names = [segment for row in MAP for segment in row]
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, PLACES, MOVES):
            cursor.execute(statement, {"count": COUNT, "names": names})
        for table in ("customer", "rfm", "rfmmove"):
            cursor.execute(f"VACUUM ANALYZE customers_{table}")
    month = timezone.localdate() - timedelta(days=30)
    floor = best_of(_floor)
    for name, since in (("RFM map", None), ("RFM map with a month's movement", month)):
        seconds = best_of(lambda since=since: rfm_map(since=since))  # type: ignore[misc]
        statements = 4 if since else 3
        yield Measurement(name, seconds, "bare aggregate", floor, count=COUNT, statements=statements)


def _floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT r, f, count(*), sum(frequency), sum(monetary) FROM customers_rfm GROUP BY 1, 2")
        cursor.fetchall()


CUSTOMERS = """
INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)
SELECT gen_random_uuid(), 'map-' || n, '', '', now() - interval '3 years' FROM generate_series(1, %(count)s) n
"""

PLACES = """
INSERT INTO customers_rfm (customer_id, first_paid_at, last_paid_at, orders, spent, frequency, monetary, r, f, m,
                           segment, is_vip, since, changed_at)
SELECT id, now() - interval '2 years', now() - interval '1 day' * (random() * 600), 1 + id %% 9, 1000 * (1 + id %% 9),
       id %% 5, 1000 * (id %% 5), r, f, 1 + id %% 5, (%(names)s::text[])[(r - 1) * 5 + f], id %% 20 = 0, now(), now()
FROM (SELECT id, 1 + id %% 5 AS r, 1 + id / 5 %% 5 AS f FROM customers_customer WHERE external_id LIKE 'map-%%') placed
"""

MOVES = """
INSERT INTO customers_rfmmove (customer_id, from_segment, to_segment, cause, moved_at)
SELECT id, (%(names)s::text[])[1 + (id + step) %% 25], (%(names)s::text[])[1 + (id + step * 7) %% 25], 'night',
       now() - interval '1 day' * (20 - step)
FROM customers_customer, generate_series(1, 2) step
WHERE external_id LIKE 'map-%%' AND id %% 3 = 0 AND (step = 1 OR id %% 2 = 0)
"""
