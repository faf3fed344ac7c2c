"""What a replay did to points and tiers, as the ledger and the history of tiers have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty_site.journey.households import PREFIX


@dataclass(frozen=True)
class PointsMoved:
    """Points of the replayed households; earned − spent + returned − taken back − expired = in lots − debt."""

    earned: int
    spent: int
    returned: int
    taken_back: int
    expired: int
    in_lots: int
    debt: int
    tiers: tuple[tuple[str, int], ...]
    moves: int


def points_moved(until: datetime) -> PointsMoved:
    """What was posted before `until`, and where on the ladder everybody stood then, lowest tier first."""
    values = {"prefix": f"{PREFIX}%", "until": until}
    sums, (moves,) = _rows(MOVED, values)[0], _rows(MOVES, values)[0]
    return PointsMoved(*(*sums, tuple(_rows(STANDINGS, values)), moves))


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def ledger_lines(moved: PointsMoved) -> Iterator[str]:
    yield "Points of these households at the end of the replayed time"
    yield (
        f"  earned {moved.earned:,} − spent {moved.spent:,} + returned {moved.returned:,}"
        f" − taken back {moved.taken_back:,} − expired {moved.expired:,}"
    )
    yield f"  = liability {moved.in_lots:,} − debt {moved.debt:,}"
    yield f"Tiers: {', '.join(f'{name} {count:,}' for name, count in moved.tiers)}; {moved.moves:,} moves"


MOVED = """
SELECT COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'earn'), 0),
       COALESCE(-sum(e.amount) FILTER (WHERE e.kind = 'spend'), 0),
       COALESCE(sum(e.amount) FILTER (WHERE e.kind = 'return'), 0),
       COALESCE(-sum(e.amount) FILTER (WHERE e.kind = 'take_back'), 0),
       COALESCE(-sum(e.amount) FILTER (WHERE e.kind = 'expire'), 0),
       COALESCE(sum(e.amount) FILTER (WHERE e.lot_id IS NOT NULL), 0),
       COALESCE(-sum(e.amount) FILTER (WHERE e.lot_id IS NULL), 0)
FROM points_entry e JOIN customers_customer c ON c.id = e.account_id
WHERE c.external_id LIKE %(prefix)s AND e.posted_at < %(until)s
"""

STANDINGS = """
WITH stood AS (
    SELECT c.id, (SELECT t.to_tier_id FROM tiers_tierchange t WHERE t.customer_id = c.id AND t.changed_at < %(until)s
                  ORDER BY t.id DESC LIMIT 1) AS tier_id
    FROM customers_customer c WHERE c.external_id LIKE %(prefix)s
), rungs AS (
    SELECT id, COALESCE(NULLIF(name_en, ''), name) AS name, threshold_amount,
           row_number() OVER (ORDER BY threshold_amount, id) AS height FROM tiers_tier WHERE is_active
)
SELECT r.name, count(s.id) FROM rungs r
LEFT JOIN stood s ON s.tier_id = r.id OR s.tier_id IS NULL AND r.height = 1
GROUP BY r.name, r.height ORDER BY r.height
"""

MOVES = """
SELECT count(*) FROM tiers_tierchange t JOIN customers_customer c ON c.id = t.customer_id
WHERE c.external_id LIKE %(prefix)s AND t.changed_at < %(until)s
"""
