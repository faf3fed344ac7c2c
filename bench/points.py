"""Expiring a million due lots, and granting one lot to each of a million customers (targets: 1.5 times the floor).

The floor writes the same rows into tables of the same columns, indexes and CHECKs in bare statements, without
triggers, keys of other tables, facts to look up or accounts to lock. The two take turns, a share of the rows each, so
that whatever else the machine does meets both.
"""

import os
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import quantiles
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, timed

COUNT = int(os.environ.get("BENCH_POINTS", "1000000"))
# A share is two chunks of the service.
SHARE = 40_000


@dataclass
class Turns:
    """Seconds of ours and of the floor, turn by turn."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    def take(self, turn: int, ours: Callable[[], object], floor: Callable[[], object]) -> None:
        """Each goes first every other time."""
        for work, seconds in ((ours, self.ours), (floor, self.floor))[:: 1 if turn % 2 else -1]:
            seconds.append(timed(work))

    def middle_half(self) -> tuple[float, float]:
        """Half of the turns have a ratio between these."""
        ratios = [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]
        low, _median, high = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        return low, high


def measure() -> Iterator[Measurement]:
    """Grants first: the lots they make are those that expire."""
    now = timezone.now()
    ids = _customers()
    shares = [(ids[start], ids[min(start + SHARE, COUNT) - 1]) for start in range(0, COUNT, SHARE)]
    yield _measured("granting", "bare INSERT … SELECT", shares, _granting(now))
    _run(*(f"VACUUM ANALYZE {table}" for table in ("points_lot", "points_entry", "bench_lot", "bench_entry")))
    yield _measured("expiring", "bare UPDATE and INSERT", shares, _expiring(now))
    _run("DROP TABLE bench_lot, bench_entry")


Work = Callable[[int, int], object]


def _measured(doing: str, floor_name: str, shares: Sequence[tuple[int, int]], works: tuple[Work, Work]) -> Measurement:
    ours, floor = works
    before, turns = _peak_megabytes(), Turns()
    for turn, (first, last) in enumerate(shares):
        turns.take(turn, partial(ours, first, last), partial(floor, first, last))
    low, high = turns.middle_half()
    return Measurement(
        name=f"{doing} {COUNT:,} lots",
        seconds=sum(turns.ours),
        floor_name=floor_name,
        floor_seconds=sum(turns.floor),
        count=COUNT,
        target=1.5,
        note=f"half of {len(shares)} turns {low:.2f} to {high:.2f};"
        f" the worker's peak {before:.0f} MB before, {_peak_megabytes():.0f} MB after",
    )


def _granting(now: datetime) -> tuple[Work, Work]:
    from customers.models import Customer
    from points.services import grant_to_many

    ends = now + timedelta(days=1)

    def ours(first: int, last: int) -> None:
        after: int | None = 0
        while after is not None:
            with transaction.atomic():
                after = grant_to_many(
                    customers=Customer.objects.filter(pk__range=(first, last)),
                    amount=100,
                    kind="holiday",
                    fact="holiday:bench",
                    available_from=now,
                    expires_at=ends,
                    now=now,
                    after=after,
                ).last_id

    return ours, lambda first, last: _in_one(GRANT, {"first": first, "last": last, "now": now, "ends": ends})


def _expiring(now: datetime) -> tuple[Work, Work]:
    """All lots are due; ours takes those that are soonest, the floor those of these customers."""
    from points.services import expire_due

    def ours(first: int, last: int) -> None:
        lots = 0
        while lots < last - first + 1:
            with transaction.atomic():
                lots += (chunk := expire_due(now=now + timedelta(days=2))).lots
            assert chunk.lots

    return ours, lambda first, last: _in_one(EXPIRE, {"first": first, "last": last, "now": now})


def _customers() -> list[int]:
    """Customers with accounts (what is measured is the ledger), and empty tables for the floor. Their keys."""
    _run(
        "INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)"
        f" SELECT gen_random_uuid(), 'bench-' || n, '', '', now() FROM generate_series(1, {COUNT}) n",
        "INSERT INTO points_pointsaccount (customer_id, debt, opened_at) SELECT id, 0, now() FROM customers_customer",
        "VACUUM ANALYZE customers_customer",
        "VACUUM ANALYZE points_pointsaccount",
        "DROP TABLE IF EXISTS bench_lot, bench_entry",
        "CREATE TABLE bench_lot (LIKE points_lot INCLUDING ALL)",
        "CREATE TABLE bench_entry (LIKE points_entry INCLUDING ALL)",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id FROM points_pointsaccount ORDER BY customer_id")
        return [key for (key,) in cursor.fetchall()]


def _in_one(statement: str, values: dict[str, Any]) -> None:
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
    FROM points_pointsaccount WHERE customer_id BETWEEN %(first)s AND %(last)s ORDER BY customer_id
    RETURNING id, account_id, fact
)
INSERT INTO bench_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
SELECT account_id, id, 'earn', 100, fact, 1, '', '', %(now)s FROM made
"""

EXPIRE = """
WITH swept AS (
    UPDATE bench_lot SET remaining = 0 WHERE remaining > 0 AND account_id BETWEEN %(first)s AND %(last)s
    RETURNING id, account_id, amount, expires_at
)
INSERT INTO bench_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
SELECT account_id, id, 'expire', -amount, 'expire:lot:' || id || ':' || (expires_at AT TIME ZONE 'UTC'), 1, '',
       '', %(now)s FROM swept
"""
