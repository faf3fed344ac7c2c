"""The night's reckoning of RFM, and the refresh that a payment carries.

The floor of a night is the bare SQL: one aggregate of all purchases, its cut points, its scores, in one
`INSERT … SELECT` into the same table with the same indexes and keys, in one transaction, for nobody else to use
meanwhile. The floor of a payment is the bare aggregate of the customer's purchases written into his row.
`BENCH_RFM` customers with ten purchases each; in a full run 1,000,000.
"""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, median_of, timed

COUNT = int(os.environ.get("BENCH_RFM", "100000"))
EACH = 10
DAYS = 730
LADEN = (10, 1_000, 10_000)


def measure() -> Iterator[Measurement]:
    today = timezone.localdate()
    _shop()
    yield _night("first night", today, "customers_rfm")
    _one_in_twenty_buys()
    yield _night("night after 5 % have bought", today + timedelta(days=1), "bench_rfm")
    for count in LADEN:
        yield _payment(count)


def _night(name: str, day: date, table: str) -> Measurement:
    """The floor first: it finds the purchases no warmer than we do, and the table as empty."""
    from customers.models import Rfm, RfmRun
    from customers.nightly import reckon_rfm_day

    _run("CREATE TABLE IF NOT EXISTS bench_rfm (LIKE customers_rfm INCLUDING ALL)")
    _warm()
    floor = timed(partial(_bare, table, day))
    wanted = _sums(table)
    _run(f"TRUNCATE {table}")
    seconds = timed(partial(reckon_rfm_day, day))
    assert _sums("customers_rfm") == wanted, "the night and the bare SQL disagree"
    run = RfmRun.objects.get(day=day)
    return Measurement(
        name=f"{name}, {Rfm.objects.count():,} customers",
        seconds=seconds,
        floor_name="bare INSERT … SELECT",
        floor_seconds=floor,
        count=run.customers_count,
        target=1.3,
        note=f"{Rfm.objects.filter(changed_at__gte=run.started_at).count():,} rows written, {run.moved_count:,} moves",
    )


def _bare(table: str, day: date) -> None:
    from customers.queries.rfm_figures import COLUMNS, FIGURES, KEPT, SCORED

    statement = BARE.format(
        table=table, columns=", ".join(COLUMNS), figures=FIGURES, scored=SCORED.replace("scale", "cut"), kept=KEPT
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statement, {"day": day, "zone": settings.TIME_ZONE})


def _payment(count: int) -> Measurement:
    from customers.models import Customer, RfmMove
    from customers.services import refresh_rfm

    customer = Customer.objects.create(external_id=f"laden-{count}", registered_at=timezone.now())
    _run(ONE_BUYS.format(customer=customer.pk, count=count), "ANALYZE customers_purchase")
    now = timezone.now()
    refresh = partial(refresh_rfm, customer_id=customer.pk, cause=RfmMove.Cause.PURCHASE, now=now)
    with transaction.atomic(), connection.cursor() as cursor:
        refresh()
        ours = median_of(refresh)
        floor = median_of(partial(cursor.execute, BARE_ONE, {"customer": customer.pk, "now": now}))
    return Measurement(
        name=f"refresh of a customer with {count:,} purchases",
        seconds=ours,
        floor_name="bare aggregate and UPDATE",
        floor_seconds=floor,
        statements=1,
    )


def _shop() -> None:
    """The keys of purchases are taken off while ten million are laid, and checked at once after it."""
    keys = _foreign_keys("customers_purchase")
    _run(
        "INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)"
        f" SELECT gen_random_uuid(), 'bench-' || n, '', '', now() FROM generate_series(1, {COUNT}) n",
        "ALTER TABLE customers_purchase DISABLE TRIGGER USER",
        *(f"ALTER TABLE customers_purchase DROP CONSTRAINT {name}" for name, _key in keys),
        PURCHASES.format(first=1, count=COUNT * EACH, days=DAYS),
        *(f"ALTER TABLE customers_purchase ADD CONSTRAINT {name} {key}" for name, key in keys),
        "ALTER TABLE customers_purchase ENABLE TRIGGER USER",
        "VACUUM ANALYZE customers_customer",
        "VACUUM ANALYZE customers_purchase",
    )


def _foreign_keys(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        return cursor.fetchall()


def _one_in_twenty_buys() -> None:
    """Today, as an import that has not been told of would leave them."""
    count = COUNT // 20
    _run(
        PURCHASES.format(first=COUNT * EACH + 1, count=count, days=1),
        "VACUUM ANALYZE customers_purchase",
        "VACUUM ANALYZE customers_rfm",
    )


def _warm() -> None:
    _run("SELECT count(goods_amount), max(paid_at) FROM customers_purchase")


def _sums(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT segment, is_vip, count(*), sum(r), sum(f), sum(m), sum(orders), sum(spent), sum(frequency),"
            f" sum(monetary), max(last_paid_at) FROM {table} GROUP BY segment, is_vip ORDER BY segment, is_vip"
        )
        return cursor.fetchall()


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# Some buy more often than others; the older a purchase, the further back in the table, as with a living shop.
PURCHASES = """
INSERT INTO customers_purchase
    (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first)
SELECT c.first + (power(random(), 1.5) * (c.last - c.first))::bigint, 'bench:' || n, 'site',
       now() - interval '1 day' * {days} * (1 - (n - {first})::float / {count}), round((random() * 5000)::numeric, 2),
       0, 0, false
FROM generate_series({first}, {first} + {count} - 1) n,
     (SELECT min(id) AS first, max(id) AS last FROM customers_customer) c
"""

ONE_BUYS = """
INSERT INTO customers_purchase
    (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first)
SELECT {customer}, 'laden:{count}:' || n, 'site', now() - interval '1 hour' * n, 100, 0, 0, false
FROM generate_series(1, {count}) n
"""

BARE = """
INSERT INTO {table} (customer_id, {columns}, since, changed_at)
WITH scale AS (
    SELECT (%(day)s::date - 365)::timestamp AT TIME ZONE %(zone)s AS window_from
), kept AS (
    SELECT p.customer_id, p.paid_at, p.goods_amount - p.refunded_amount AS amount
    FROM customers_purchase p WHERE p.customer_id IS NOT NULL AND {kept}
),{figures}, cut AS (
    SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY recency) AS recency_cuts,
           percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY frequency) AS frequency_cuts,
           percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY monetary) AS monetary_cuts,
           percentile_disc(0.05) WITHIN GROUP (ORDER BY monetary DESC) AS vip_from
    FROM figures WHERE frequency > 0
),{scored}
SELECT customer_id, {columns}, now(), now() FROM scored
"""
BARE_ONE = """
UPDATE customers_rfm SET orders = of.orders, spent = of.spent, last_paid_at = of.last, changed_at = %(now)s
FROM (SELECT count(*) AS orders, sum(goods_amount - refunded_amount) AS spent, max(paid_at) AS last
      FROM customers_purchase WHERE customer_id = %(customer)s) of
WHERE customer_id = %(customer)s
"""
