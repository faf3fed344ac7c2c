"""Giving a holiday bonus to every customer (target: 1.5 times the floor).

The floor writes the same rows into the same tables, accounts, lots, entries, gifts and messages (copies with all their
columns, indexes, CHECKs and foreign keys), in one bare INSERT … SELECT a share, without triggers, accounts to lock or
anybody to leave out. The two take turns, so that whatever else the machine does meets both.
"""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.floor import Measurement, timed
from bench.points import Turns

COUNT = int(os.environ.get("BENCH_HOLIDAYS", "200000"))
# A share is two chunks of the service.
SHARE = 40_000
DAY = date(2026, 6, 12)
NOW = datetime(2026, 6, 12, 9, tzinfo=UTC)
TABLES = ("points_pointsaccount", "points_lot", "points_entry", "points_occasiongift", "notifications_outboxmessage")

# A copy of a table has no foreign keys; these are the originals'.
KEYS = tuple(
    (table, "customer_id", "REFERENCES customers_customer DEFERRABLE INITIALLY DEFERRED")
    for table in ("points_pointsaccount", "notifications_outboxmessage")
)


def measure() -> Iterator[Measurement]:
    from points.models import Occasion

    ids = _customers()
    occasion = Occasion.objects.create(
        name="Bench", kind="public", holiday="russia", amount=100, is_active=True, active_since=DAY
    )
    turns, given, statements = Turns(), 0, set()
    for turn, start in enumerate(range(0, COUNT, SHARE)):
        first, last = ids[start], ids[min(start + SHARE, COUNT) - 1]
        turns.take(
            turn,
            partial(_ours, occasion.pk, first, last, statements),
            partial(_in_one, FLOOR, {"first": first, "last": last, "now": NOW, "ends": NOW + timedelta(days=30)}),
        )
        given += last - first + 1
    low, high = turns.middle_half()
    _same_rows(occasion.pk)
    again = timed(partial(_ours, occasion.pk, ids[0], ids[-1], set()))
    yield Measurement(
        name=f"{COUNT:,} holiday bonuses",
        seconds=sum(turns.ours),
        floor_name="bare INSERT … SELECT into five tables",
        floor_seconds=sum(turns.floor),
        count=COUNT,
        target=1.5,
        statements=max(statements),
        note=f"half of {len(turns.ours)} turns {low:.2f} to {high:.2f}; going over everybody again {again:.1f} s",
    )
    _run(*(f"DROP TABLE bench_{table}" for table in TABLES))


def _ours(occasion_id: int, first: int, last: int, statements: set[int]) -> None:
    """Chunk after chunk, as the worker does it, over the customers of this share."""
    from points.services import give_chunk

    after: int | None = first - 1
    while after is not None and after < last:
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            chunk = give_chunk(occasion_id=occasion_id, day=DAY, now=NOW, after=after)
        assert chunk is not None
        after = chunk.last_id
        statements.add(sum("SAVEPOINT" not in query["sql"] for query in asked))


def _same_rows(occasion_id: int) -> None:
    """Both have written as much, and everybody has one gift."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM bench_{table})")
            ours, floor = cursor.fetchone()
            assert ours == floor == COUNT, (table, ours, floor)


def _customers() -> list[int]:
    _run(
        "INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)"
        " SELECT gen_random_uuid(), 'holiday-' || n, '', '', '2026-01-01' FROM"
        f" generate_series(1, {COUNT}) n",
        "VACUUM ANALYZE customers_customer",
        *(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)" for table in TABLES),
        *(f"ALTER TABLE bench_{table} ADD FOREIGN KEY ({key}) {target}" for table, key, target in KEYS),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM customers_customer WHERE external_id LIKE 'holiday-%' ORDER BY id")
        return [key for (key,) in cursor.fetchall()]


def _in_one(statement: str, values: dict[str, object]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


FLOOR = """
WITH opened AS (
    INSERT INTO bench_points_pointsaccount (customer_id, debt, opened_at)
    SELECT id, 0, %(now)s FROM customers_customer WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id
    RETURNING customer_id
), made AS (
    INSERT INTO bench_points_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT customer_id, 'holiday', 100, 100, %(now)s, %(ends)s, 'occasion:1:2026:customer:' || customer_id, ''
    FROM opened RETURNING id, account_id, fact
), posted AS (
    INSERT INTO bench_points_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
    SELECT account_id, id, 'earn', 100, fact, 1, '', 'Bench', %(now)s FROM made
), gifts AS (
    INSERT INTO bench_points_occasiongift (occasion_id, customer_id, lot_id, year, day, amount, given_at)
    SELECT 1, account_id, id, 2026, '2026-06-12', 100, %(now)s FROM made
)
INSERT INTO bench_notifications_outboxmessage (key, customer_id, payload, kind, created_at, next_try_at, attempts,
                                               skip_reason, error, error_code)
SELECT fact, account_id, '{"occasion": 1, "year": 2026}', 'holiday_bonus', %(now)s, %(now)s, 0, '', '', '' FROM made
"""
