"""The one place that writes the ledger: an account is locked, then lines are posted in one statement."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from points.rules import EntryKind, Line


@dataclass(frozen=True)
class PostedEntry:
    """`lot_id` is None for what went into or out of debt."""

    id: int
    kind: EntryKind
    amount: int
    lot_id: int | None


@dataclass(frozen=True)
class Posted:
    """What a service did: the entries under `fact`; `is_repeat` when they were there before."""

    fact: str
    kind: EntryKind
    entries: tuple[PostedEntry, ...]
    is_repeat: bool = False

    @property
    def points(self) -> int:
        """How many points were earned, spent, returned …; never negative."""
        return abs(sum(entry.amount for entry in self.entries if entry.kind == self.kind))

    @property
    def debt_change(self) -> int:
        """Points that became debt (+), or debt that was paid (−)."""
        return -sum(entry.amount for entry in self.entries if entry.lot_id is None)


@dataclass(frozen=True)
class Origin:
    """What all lines of one posting have in common."""

    account_id: int
    fact: str
    now: datetime
    order_ref: str = ""
    reason: str = ""
    author_id: int | None = None


@dataclass(frozen=True)
class NewLot:
    kind: str
    amount: int
    available_from: datetime
    expires_at: datetime


def lock_account(customer_id: int) -> int | None:
    """The debt of the account, held until the transaction ends; None when there is no account."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [customer_id])
        row = cursor.fetchone()
    return int(row[0]) if row else None


@requires_transaction
def lock_accounts(*, customer_ids: Collection[int]) -> None:
    """Accounts held until the transaction ends, by key: for who moves points of several customers one after another."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_MANY, [list(customer_ids)])


def lock_or_open_account(customer_id: int, *, now: datetime) -> int:
    """Like `lock_account`; the first points of a customer open his account. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OR_OPEN, {"customer": customer_id, "now": now})
        row = cursor.fetchone()
    # No row: somebody else opened it a moment ago.
    return int(row[0]) if row else lock_account(customer_id) or 0


def post_lot(origin: Origin, lot: NewLot, *, kind: EntryKind, debt: int) -> Posted | None:
    """A new lot and its entry, debt paid first. None when a lot stands for the fact already."""
    values = {
        "kind": lot.kind,
        "entry_kind": kind.value,
        "amount": lot.amount,
        "paid": min(debt, lot.amount),
        "available_from": lot.available_from,
        "expires_at": lot.expires_at,
        **_common(origin),
    }
    entries = _written(POST_LOT, values)
    return Posted(origin.fact, kind, entries) if entries else None


def post_lines(origin: Origin, lines: Sequence[Line], *, kind: EntryKind) -> Posted:
    """Lines onto lots that exist, and onto debt. Lines with a fact of their own are not in the answer."""
    parts = list(_parts(lines))
    values = {
        "lots": [line.lot_id for line in lines],
        "kinds": [line.kind.value for line in lines],
        "amounts": [line.amount for line in lines],
        "reverses": [line.reverses for line in lines],
        "lives": [line.lives_until.astimezone(UTC) if line.lives_until else None for line in lines],
        "facts": [line.fact for line in lines],
        "parts": parts,
        **_common(origin),
    }
    return Posted(origin.fact, kind, _written(POST_LINES, values))


def _parts(lines: Iterable[Line]) -> Iterable[int]:
    number = 0
    for line in lines:
        number += line.fact is None
        yield number if line.fact is None else 1


def _common(origin: Origin) -> dict[str, Any]:
    return {
        "account": origin.account_id,
        "fact": origin.fact,
        "order_ref": origin.order_ref,
        "reason": origin.reason[:200],
        "author": origin.author_id,
        "now": origin.now,
    }


def _written(sql: str, values: dict[str, Any]) -> tuple[PostedEntry, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    posted = [PostedEntry(key, EntryKind(kind), amount, lot) for key, kind, amount, lot, fact in rows if fact]
    return tuple(sorted(posted, key=lambda entry: entry.id))


LOCK = "SELECT debt FROM points_pointsaccount WHERE customer_id = %s FOR NO KEY UPDATE"

LOCK_MANY = """
SELECT FROM points_pointsaccount WHERE customer_id = ANY(%s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE
"""

LOCK_OR_OPEN = """
WITH held AS MATERIALIZED (
    SELECT debt FROM points_pointsaccount WHERE customer_id = %(customer)s FOR NO KEY UPDATE
), opened AS (
    INSERT INTO points_pointsaccount (customer_id, debt, opened_at)
    SELECT %(customer)s, 0, %(now)s WHERE NOT EXISTS (SELECT FROM held)
    ON CONFLICT (customer_id) DO NOTHING RETURNING debt
)
SELECT debt FROM held UNION ALL SELECT debt FROM opened
"""

POST_LOT = """
WITH made AS (
    INSERT INTO points_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    VALUES (%(account)s, %(kind)s, %(amount)s, %(amount)s - %(paid)s, %(available_from)s, %(expires_at)s, %(fact)s,
            %(order_ref)s)
    ON CONFLICT (fact) DO NOTHING RETURNING id, account_id
), settled AS (
    UPDATE points_pointsaccount a SET debt = a.debt - %(paid)s
    FROM made WHERE a.customer_id = made.account_id AND %(paid)s > 0
)
INSERT INTO points_entry
    (account_id, lot_id, kind, amount, fact, part, order_ref, reason, author_id, posted_at)
SELECT made.account_id, CASE WHEN line.part < 3 THEN made.id END, line.kind, line.amount, %(fact)s, line.part,
       %(order_ref)s, %(reason)s, %(author)s, %(now)s
FROM made, (VALUES (%(entry_kind)s, %(amount)s, 1), ('debt', -%(paid)s, 2), ('debt', %(paid)s, 3))
    AS line (kind, amount, part)
WHERE line.amount <> 0 ORDER BY line.part
RETURNING id, kind, amount, lot_id, true
"""

POST_LINES = """
WITH line AS (
    SELECT * FROM unnest(%(lots)s::bigint[], %(kinds)s::text[], %(amounts)s::int[], %(reverses)s::bigint[],
                         %(lives)s::timestamptz[], %(facts)s::text[], %(parts)s::int[])
        WITH ORDINALITY AS line (lot_id, kind, amount, reverses_id, lives_until, fact, part, position)
), moved AS (
    UPDATE points_lot l SET remaining = l.remaining + d.amount, expires_at = COALESCE(d.lives_until, l.expires_at)
    FROM (SELECT lot_id, sum(amount)::int AS amount, max(lives_until) AS lives_until FROM line
          WHERE lot_id IS NOT NULL GROUP BY lot_id) d
    WHERE l.id = d.lot_id
), owed AS (
    UPDATE points_pointsaccount a SET debt = a.debt - d.amount
    FROM (SELECT sum(amount)::int AS amount FROM line WHERE lot_id IS NULL) d
    WHERE a.customer_id = %(account)s AND d.amount <> 0
)
INSERT INTO points_entry
    (account_id, lot_id, kind, amount, fact, part, order_ref, reason, author_id, reverses_id, posted_at)
SELECT %(account)s, lot_id, kind, amount, COALESCE(line.fact, %(fact)s), part, %(order_ref)s,
       CASE WHEN line.fact IS NULL THEN %(reason)s ELSE '' END, %(author)s, reverses_id, %(now)s
FROM line ORDER BY position
RETURNING id, kind, amount, lot_id, fact = %(fact)s
"""
