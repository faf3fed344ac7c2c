"""Members of a rule's segment follow its conditions: who entered is added, who left goes, both are told (CU-8, ADR 13).

The segment's row is held while its members change, and the rule is asked after that: of two refreshes at once the
later sees what the earlier did and everything committed before it, so each move happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from customers.models import Segment, StaleCustomer
from customers.queries.conditions import read_rule
from customers.queries.rule_order import rules_in_order
from customers.queries.rule_sql import PLANNING, Only, at, members_sql
from customers.rules.conditions import Node
from loyalty_site.kernel.errors import InvalidInput, NotFound
from loyalty_site.kernel.transactions import requires_transaction

CHUNK, STALE_AT_ONCE = 50_000, 500
# Nobody else's: one worker at a time goes over the customers who have changed.
STALE_LOCK = 0x5E67_0001


@dataclass(frozen=True)
class Refreshed:
    """`last_id` is None when the segment is done; `saved_at` is the change of the rule that is being worked out."""

    entered: int = 0
    left: int = 0
    last_id: int | None = None
    saved_at: datetime | None = None


@requires_transaction
def refresh_segment(*, segment_id: int, now: datetime) -> Refreshed:
    """The whole segment in the caller's transaction: for small shops and tests. The worker goes by chunks."""
    chunk = refresh_chunk(segment_id=segment_id, now=now)
    entered, left = chunk.entered, chunk.left
    while chunk.last_id is not None:
        chunk = refresh_chunk(segment_id=segment_id, before=chunk, now=now)
        entered, left = entered + chunk.entered, left + chunk.left
    return Refreshed(entered, left)


@requires_transaction
def refresh_chunk(*, segment_id: int, before: Refreshed | None = None, now: datetime, limit: int = CHUNK) -> Refreshed:
    """The next `limit` customers by key, after the chunk `before`; the last one notes the count and the moment.

    A list, a segment of the map and one put away are done at once: nothing changes. A rule that can no longer be read
    keeps its members and stays to be refreshed. Raises NotFound.
    """
    segment = _held(segment_id)
    if segment is None:
        raise NotFound
    if segment.kind != Segment.Kind.RULE or segment.archived_at is not None:
        return Refreshed()
    after, saved_at = (before.last_id or 0, before.saved_at) if before else (0, segment.dirty_at)
    last, is_end = _end_of_chunk(after, limit)
    try:
        tree = read_rule(segment.rule)
    except InvalidInput:
        return Refreshed()
    entered, left = _move(segment, tree, Only(after=after, last=last), now)
    if not is_end:
        return Refreshed(entered, left, last, saved_at)
    segment.members_count = segment.memberships.count()
    segment.refreshed_at = now
    # A rule saved meanwhile has another `dirty_at`: it starts over with the next sweep.
    if segment.dirty_at == saved_at:
        segment.dirty_at = None
    segment.save(update_fields=["members_count", "refreshed_at", "dirty_at"])
    return Refreshed(entered, left)


@requires_transaction
def refresh_stale(*, now: datetime, limit: int = STALE_AT_ONCE) -> int:
    """The rule segments of up to `limit` customers who have changed. Returns how many are done with; 0: nothing left,
    or another worker is at it.

    Their marks are read before and struck out after, each only if nobody has set it anew or is about to: whoever buys
    meanwhile waits for nothing, nor is he waited for, and comes again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [STALE_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    marks = list(StaleCustomer.objects.order_by("since", "pk").values_list("pk", "since")[:limit])
    keys = sorted(key for key, _since in marks)
    if not keys:
        return 0
    _hold_rules()
    for segment_id in rules_in_order():
        _refresh_some(segment_id, keys, now)
    with connection.cursor() as cursor:
        cursor.execute(STRIKE_OUT, [[key for key, _since in marks], [since for _key, since in marks]])
        return int(cursor.rowcount)


def _hold_rules() -> None:
    """All of them by key, as a merge holds some: whoever wants several takes them in one order."""
    rules = Segment.objects.filter(kind=Segment.Kind.RULE, archived_at=None)
    list(rules.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _refresh_some(segment_id: int, keys: Sequence[int], now: datetime) -> None:
    segment = _held(segment_id)
    if segment is None or segment.archived_at is not None:
        return
    try:
        tree = read_rule(segment.rule)
    except InvalidInput:
        return
    entered, left = _move(segment, tree, Only(keys=keys), now)
    if entered != left:
        Segment.objects.filter(pk=segment.pk, members_count__isnull=False).update(
            members_count=F("members_count") + (entered - left)
        )


def _held(segment_id: int) -> Segment | None:
    return Segment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=segment_id).first()


def _end_of_chunk(after: int, limit: int) -> tuple[int, bool]:
    """The key of the last customer of the chunk, and whether it is the last chunk. It may be larger than any key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id), count(*) FROM (SELECT id FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s) c",
            [after, limit],
        )
        last, count = cursor.fetchone()
    return (last, False) if count == limit else (MOST_KEY, True)


def _move(segment: Segment, tree: Node, only: Only, now: datetime) -> tuple[int, int]:
    found, whom = members_sql(tree, at(now), only), only.on("m.customer_id")
    sql = MOVE.format(found=found.text, whom=whom.text)
    params = [*found.params, segment.pk, *whom.params, segment.pk, now, segment.pk, now, segment.pk, now]
    with connection.cursor() as cursor:
        cursor.execute(PLANNING)
        cursor.execute(sql, params)
        entered, left = cursor.fetchone()
    return int(entered), int(left)


MOST_KEY = 2**63 - 1

# Both ends are counted by the rows that were really written, whoever else was there before.
MOVE = """
WITH found AS MATERIALIZED ({found}),
gone AS (
    DELETE FROM customers_segmentmembership m
    WHERE m.segment_id = %s{whom} AND NOT EXISTS (SELECT FROM found f WHERE f.id = m.customer_id)
    RETURNING m.customer_id
), come AS (
    INSERT INTO customers_segmentmembership (segment_id, customer_id, since)
    SELECT %s, id, %s FROM found ORDER BY id
    ON CONFLICT (segment_id, customer_id) DO NOTHING
    RETURNING customer_id
), told AS (
    INSERT INTO customers_segmentmove (segment_id, customer_id, entered, happened_at)
    SELECT %s, customer_id, FALSE, %s FROM gone
    UNION ALL SELECT %s, customer_id, TRUE, %s FROM come
)
SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""

# A mark that somebody holds is being set anew: it stays, and nobody waits for the other.
STRIKE_OUT = """
WITH done AS MATERIALIZED (
    SELECT s.customer_id FROM customers_stalecustomer s
    JOIN unnest(%s::bigint[], %s::timestamptz[]) AS seen (id, since) ON s.customer_id = seen.id AND s.since = seen.since
    FOR UPDATE OF s SKIP LOCKED
)
DELETE FROM customers_stalecustomer s USING done WHERE s.customer_id = done.customer_id
"""
