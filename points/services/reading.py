"""What a decision needs to know, read in one statement after the account is locked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from points.rules import Earning, EntryKind, ExpiredPart, LotState, SpentPart
from points.services.errors import FactTaken
from points.services.posting import Posted, PostedEntry


@dataclass(frozen=True)
class Book:
    """Lots of the account with something left, and what was posted under the fact before."""

    account_id: int
    lots: tuple[LotState, ...]
    earlier: tuple[PostedEntry, ...]
    rows: tuple[Mapping[str, Any], ...]
    is_strange: bool

    def repeated(self, fact: str, kind: EntryKind, points: int | None, *, reverses: set[int] | None = None) -> Any:
        """The first result when the fact was posted before; None when it is new.

        `points` None accepts any number. Raises FactTaken when it stands for something else.
        """
        if self.is_strange:
            raise FactTaken
        if not self.earlier:
            return None
        posted = Posted(fact, kind, self.earlier, is_repeat=True)
        of_kind = [entry for entry in self.earlier if entry.kind == kind]
        undone = {row["other_id"] for row in self.rows if row["tag"] == "posted" and row["kind"] == kind}
        if not of_kind or (points is not None and posted.points != points) or (reverses and not undone <= reverses):
            raise FactTaken
        return posted

    def earning(self) -> Earning:
        row = next(row for row in self.rows if row["tag"] == "earning")
        expired = (ExpiredPart(row["id"], row["amount"]) for row in self.rows if row["tag"] == "expired")
        return Earning(row["id"], _lot(row), row["amount"], row["done"], tuple(expired))

    def spent(self) -> tuple[SpentPart, ...]:
        rows = (row for row in self.rows if row["tag"] == "spent")
        return tuple(SpentPart(row["id"], _lot(row), row["amount"], row["done"]) for row in rows)

    def setting(self) -> int | None:
        """The one setting that was asked for, None when nobody has saved the settings yet or it is empty."""
        return next((row["amount"] for row in self.rows if row["tag"] == "setting"), None)


def read_book(account_id: int, fact: str, *more: str, **params: Any) -> Book:
    """`more` are the SELECTs of this module that the caller needs besides, with their `params`."""
    sql = " UNION ALL ".join((LOTS, POSTED, *more))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": account_id, "fact": fact, **params})
        names = [column.name for column in cursor.description]
        rows = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    posted = sorted((row for row in rows if row["tag"] == "posted"), key=lambda row: row["id"])
    return Book(
        account_id=account_id,
        lots=tuple(_lot(row) for row in rows if row["tag"] == "lot"),
        earlier=tuple(PostedEntry(r["id"], EntryKind(r["kind"]), r["amount"], r["lot_id"]) for r in posted),
        rows=rows,
        is_strange=any(row["done"] != account_id for row in posted),
    )


def _lot(row: Mapping[str, Any]) -> LotState:
    return LotState(row["lot_id"], row["remaining"], row["available_from"], row["expires_at"])


# All SELECTs have the same columns, so that one statement reads everything.
LOTS = """
SELECT 'lot' AS tag, l.id, l.id AS lot_id, NULL AS kind, l.amount, 0::bigint AS done, l.remaining, l.available_from,
       l.expires_at, NULL::bigint AS other_id
FROM points_lot l WHERE l.account_id = %(account)s AND l.remaining > 0
"""

# `done` is the account that it was posted to.
POSTED = """
SELECT 'posted', e.id, e.lot_id, e.kind, e.amount, e.account_id, NULL, NULL, NULL, e.reverses_id
FROM points_entry e WHERE e.fact = %(fact)s
"""

SPENT = """
SELECT 'spent', e.id, l.id, NULL, -e.amount,
       COALESCE((SELECT sum(r.amount) FROM points_entry r WHERE r.reverses_id = e.id), 0),
       l.remaining, l.available_from, l.expires_at, NULL
FROM points_entry e JOIN points_lot l ON l.id = e.lot_id
WHERE e.fact = %(spend_fact)s AND e.kind = 'spend'
"""

EARNING = """
SELECT 'earning', e.id, l.id, NULL, l.amount,
       COALESCE((SELECT -sum(r.amount) FROM points_entry r WHERE r.reverses_id = e.id), 0),
       l.remaining, l.available_from, l.expires_at, NULL
FROM points_lot l JOIN points_entry e ON e.fact = l.fact AND e.part = 1
WHERE l.fact = %(earn_fact)s
"""

EXPIRED = """
SELECT 'expired', e.id, l.id, NULL, -e.amount - r.undone, 0, NULL, NULL, NULL, NULL
FROM points_lot l JOIN points_entry e ON e.lot_id = l.id AND e.kind = 'expire' AND e.amount < 0
CROSS JOIN LATERAL (SELECT COALESCE(sum(u.amount), 0)::int AS undone FROM points_entry u WHERE u.reverses_id = e.id) r
WHERE l.fact = %(earn_fact)s AND -e.amount > r.undone
"""

GRACE_DAYS = """
SELECT 'setting', 0, NULL, NULL, p.points_grace_days, 0, NULL, NULL, NULL, NULL
FROM customers_programme p WHERE p.id = 1
"""

SECOND_PERSON = """
SELECT 'setting', 0, NULL, NULL, p.second_person_points, 0, NULL, NULL, NULL, NULL
FROM customers_programme p WHERE p.id = 1
"""
