"""Expiring a million due lots, and granting one lot to each of a million customers (targets: 1.5 times the floor).

The floor writes the same rows into tables of the same columns, indexes and CHECKs in one bare statement, without
triggers, keys of other tables, facts to look up or accounts to lock.
"""

import os
import resource
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, timed

COUNT = int(os.environ.get("BENCH_POINTS", "1000000"))


def measure() -> Iterator[Measurement]:
    """Grants first: the lots they make are those that expire. The floor runs before and after, on empty tables."""
    now = timezone.now()
    _customers(now)
    before = _floor(now)
    at_start = _peak_megabytes()
    grant_seconds = timed(lambda: _grant(now))
    _run("VACUUM ANALYZE points_lot", "VACUUM ANALYZE points_entry")
    expire_seconds = timed(lambda: _expire(now + timedelta(days=2)))
    grown = _peak_megabytes() - at_start
    after = _floor(now)
    for name, seconds, first, last in (
        (f"granting {COUNT:,} lots", grant_seconds, before[0], after[0]),
        (f"expiring {COUNT:,} lots", expire_seconds, before[1], after[1]),
    ):
        yield Measurement(
            name=name,
            seconds=seconds,
            floor_name="bare INSERT … SELECT" if "grant" in name else "bare UPDATE and INSERT",
            floor_seconds=(first + last) / 2,
            count=COUNT,
            target=1.5,
            note=f"floor {first:.1f} s before, {last:.1f} s after; the worker grew by {grown:.0f} MB",
        )


def _grant(now: datetime) -> None:
    from customers.models import Customer
    from points.services import grant_to_many

    after: int | None = 0
    while after is not None:
        with transaction.atomic():
            after = grant_to_many(
                customers=Customer.objects.all(),
                amount=100,
                kind="holiday",
                fact="holiday:bench",
                available_from=now,
                expires_at=now + timedelta(days=1),
                now=now,
                after=after,
            ).last_id


def _expire(now: datetime) -> None:
    from points.services import expire_due

    lots = 0
    while True:
        with transaction.atomic():
            chunk = expire_due(now=now).lots
        lots += chunk
        if not chunk:
            break
    assert lots == COUNT


def _customers(now: datetime) -> None:
    """Customers with accounts: what is measured is the ledger."""
    _run(
        "INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)"
        f" SELECT gen_random_uuid(), 'bench-' || n, '', '', now() FROM generate_series(1, {COUNT}) n",
        "INSERT INTO points_pointsaccount (customer_id, debt, opened_at) SELECT id, 0, now() FROM customers_customer",
        "VACUUM ANALYZE customers_customer",
        "VACUUM ANALYZE points_pointsaccount",
    )


def _floor(now: datetime) -> tuple[float, float]:
    """Seconds of the bare statements: (granting, expiring)."""
    _run(
        "DROP TABLE IF EXISTS bench_lot, bench_entry",
        "CREATE TABLE bench_lot (LIKE points_lot INCLUDING ALL)",
        "CREATE TABLE bench_entry (LIKE points_entry INCLUDING ALL)",
    )
    granting = timed(lambda: _in_one(GRANT, {"now": now, "ends": now + timedelta(days=1)}))
    _run("VACUUM ANALYZE bench_lot", "VACUUM ANALYZE bench_entry")
    expiring = timed(lambda: _in_one(EXPIRE, {"now": now}))
    _run("DROP TABLE bench_lot, bench_entry")
    return granting, expiring


def _in_one(statement: str, values: dict[str, datetime]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


GRANT = """
WITH made AS (
    INSERT INTO bench_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT customer_id, 'holiday', 100, 100, %(now)s, %(ends)s, 'holiday:bench:customer:' || customer_id, ''
    FROM points_pointsaccount ORDER BY customer_id
    RETURNING id, account_id, fact
)
INSERT INTO bench_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
SELECT account_id, id, 'earn', 100, fact, 1, '', '', %(now)s FROM made
"""

EXPIRE = """
WITH swept AS (UPDATE bench_lot SET remaining = 0 WHERE remaining > 0 RETURNING id, account_id, amount, expires_at)
INSERT INTO bench_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
SELECT account_id, id, 'expire', -amount, 'expire:lot:' || id || ':' || (expires_at AT TIME ZONE 'UTC')::date, 1, '',
       '', %(now)s FROM swept
"""
