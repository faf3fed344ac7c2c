"""What the app itself holds of two customers that become one (CU-3)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.models import Duplicate, Merge, RfmMove
from customers.services.merge_consents import merge_consents
from customers.services.merge_rows import moved, moved_once, run
from customers.services.rfm import refresh_rfm
from customers.services.stale import mark_stale


def merge_own_rows(*, merge: Merge, now: datetime) -> list[dict[str, Any]]:
    """Steps to tell, in their order. The caller holds both customers."""
    steps = [
        _purchases(merge, now),
        merge_consents(merge=merge, now=now),
        _marks(merge, now),
        _requests(merge),
    ]
    _duplicates(merge, now)
    mark_stale(customer_ids=[merge.survivor_id], now=now)
    run("DELETE FROM customers_stalecustomer WHERE customer_id = %(absorbed)s", merge)
    return [step for step in steps if step]


def _purchases(merge: Merge, now: datetime) -> dict[str, Any] | None:
    """The earlier of two first purchases is the first; the absorbed record leaves the map, the survivor moves on it."""
    run(LATER_IS_NOT_FIRST, merge)
    count = moved(merge, "customers_purchase")
    for customer_id in (merge.survivor_id, merge.absorbed_id) if count else ():
        refresh_rfm(customer_id=customer_id, cause=RfmMove.Cause.MERGE, now=now)
    return {"part": "purchases", "count": count} if count else None


def _marks(merge: Merge, now: datetime) -> dict[str, Any] | None:
    """Tags and lists that both have once; the moves of the absorbed record stay its history."""
    notes = moved(merge, "customers_customernote")
    tags = moved_once(merge, "customers_customertag", "tag_id")
    run(HOLD_SEGMENTS, merge)
    segments = run(CHANGE_SEGMENTS, merge, now=now)
    return {"part": "marks", "notes": notes, "tags": tags, "segments": segments} if notes + tags + segments else None


def _requests(merge: Merge) -> dict[str, Any] | None:
    """Who asked to be forgotten asked as one person: of two open requests the sooner day holds."""
    run(SOONER_DAY, merge)
    run(SECOND_REQUEST, merge)
    count = moved(merge, "customers_erasurerequest")
    return {"part": "erasure", "count": count} if count else None


def _duplicates(merge: Merge, now: datetime) -> None:
    """The pair is decided; who was like the absorbed record is like the survivor, who was told apart stays so."""
    pair = {"first": merge.survivor_id, "second": merge.absorbed_id}
    decided = {"state": Duplicate.State.MERGED, "decided_at": merge.merged_at, "decided_by": merge.merged_by}
    Duplicate.objects.filter(**pair).update(**decided)
    others = Duplicate.objects.filter(Q(first=merge.absorbed_id) | Q(second=merge.absorbed_id))
    for row in others.exclude(**pair).exclude(state=Duplicate.State.MERGED).order_by("pk"):
        _repoint(row, merge)


def _repoint(row: Duplicate, merge: Merge) -> None:
    other = row.second_id if row.first_id == merge.absorbed_id else row.first_id
    first, second = sorted((other, merge.survivor_id))
    there = Duplicate.objects.filter(first=first, second=second).first()
    if there is None:
        row.first_id, row.second_id = first, second
        row.save(update_fields=["first", "second"])
        return
    if there.state == Duplicate.State.OPEN:
        _agree(there, row)
    row.delete()


def _agree(there: Duplicate, row: Duplicate) -> None:
    signs: Iterable[Any] = [*there.signs, *(sign for sign in row.signs if sign not in there.signs)]
    there.signs, there.score = list(signs), max(there.score, row.score)
    there.state, there.decided_at, there.decided_by_id = row.state, row.decided_at, row.decided_by_id
    there.save(update_fields=["signs", "score", "state", "decided_at", "decided_by"])


LATER_IS_NOT_FIRST = """
UPDATE customers_purchase SET is_first = FALSE
WHERE is_first AND customer_id IN (%(survivor)s, %(absorbed)s) AND id <> (
    SELECT id FROM customers_purchase WHERE is_first AND customer_id IN (%(survivor)s, %(absorbed)s)
    ORDER BY paid_at, id LIMIT 1)
"""

# A refresh holds its segment too: what it does to either of the two is done before, or sees what is done here.
HOLD_SEGMENTS = """
SELECT FROM customers_segment
WHERE id IN (SELECT segment_id FROM customers_segmentmembership WHERE customer_id IN (%(survivor)s, %(absorbed)s))
ORDER BY id FOR NO KEY UPDATE
"""

# Moves are told of the rows that really went and came.
CHANGE_SEGMENTS = """
WITH gone AS (
    DELETE FROM customers_segmentmembership WHERE customer_id = %(absorbed)s RETURNING segment_id, since
), come AS (
    INSERT INTO customers_segmentmembership (segment_id, customer_id, since)
    SELECT segment_id, %(survivor)s, since FROM gone ORDER BY segment_id
    ON CONFLICT (segment_id, customer_id) DO NOTHING RETURNING segment_id
), told AS (
    INSERT INTO customers_segmentmove (segment_id, customer_id, entered, happened_at)
    SELECT * FROM (
        SELECT segment_id, %(absorbed)s::bigint, FALSE, %(now)s::timestamptz FROM gone
        UNION ALL SELECT segment_id, %(survivor)s, TRUE, %(now)s FROM come
    ) moves ORDER BY 1, 3
)
SELECT FROM come
"""

SOONER_DAY = """
UPDATE customers_erasurerequest own SET due_at = LEAST(own.due_at, gone.due_at) FROM customers_erasurerequest gone
WHERE own.customer_id = %(survivor)s AND own.cancelled_at IS NULL AND own.done_at IS NULL
  AND gone.customer_id = %(absorbed)s AND gone.cancelled_at IS NULL AND gone.done_at IS NULL
"""

SECOND_REQUEST = """
UPDATE customers_erasurerequest gone SET cancelled_at = GREATEST(gone.asked_at, own.asked_at)
FROM customers_erasurerequest own
WHERE own.customer_id = %(survivor)s AND own.cancelled_at IS NULL AND own.done_at IS NULL
  AND gone.customer_id = %(absorbed)s AND gone.cancelled_at IS NULL AND gone.done_at IS NULL
"""
