"""How a segment changes: entered and left by day, its members as a file, and what staff changed (CU-8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Customer, Rfm, RfmMove, Segment, SegmentMove
from customers.queries.members import RFM_PREFIX, STARTER, VIP, members

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class DayOfMoves:
    day: date
    entered: int
    left: int


@dataclass(frozen=True)
class Change:
    """`before` is None for the beginning. Values are those of the fields that changed."""

    at: datetime
    user_id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any]


def moves_by_day(segment: Segment, *, days: int, now: datetime) -> list[DayOfMoves]:
    """Every day of the last `days`, the oldest first. One query. VIP and “starter” are marks beside the map: none."""
    today = timezone.localdate(now)
    first = today - timedelta(days=days - 1)
    start = timezone.make_aware(datetime.combine(first, time.min))
    if segment.code in {VIP, STARTER}:
        return []
    counted: Any
    if segment.kind == Segment.Kind.RFM:
        code = segment.code.removeprefix(RFM_PREFIX)
        rows = RfmMove.objects.filter(moved_at__gte=start).annotate(day=TruncDate("moved_at"))
        counted = rows.values("day").annotate(
            came=Count("pk", filter=Q(to_segment=code)), went=Count("pk", filter=Q(from_segment=code))
        )
    else:
        own = SegmentMove.objects.filter(segment=segment.pk, happened_at__gte=start)
        counted = (
            own.annotate(day=TruncDate("happened_at"))
            .values("day")
            .annotate(came=Count("pk", filter=Q(entered=True)), went=Count("pk", filter=Q(entered=False)))
        )
    found = {row["day"]: (row["came"], row["went"]) for row in counted}
    every = (first + timedelta(days=number) for number in range(days))
    return [DayOfMoves(day, *found.get(day, (0, 0))) for day in every]


def last_moves(segment: Segment, *, limit: int) -> QuerySet[SegmentMove]:
    """The newest first; the map's own moves are told on its page."""
    rows = SegmentMove.objects.filter(segment=segment.pk).select_related("customer")
    return rows.order_by("-pk")[:limit]


def member_rows(segment: Segment) -> Iterator[tuple[Customer, Rfm | None]]:
    """All members by key, a few thousand at a time, whatever their number."""
    after = 0
    chosen = members(segment).select_related("rfm").order_by("pk")
    while rows := list(chosen.filter(pk__gt=after)[:ROWS_AT_ONCE]):
        yield from ((row, getattr(row, "rfm", None)) for row in rows)
        after = rows[-1].pk


TOLD = ("name", "name_en", "rule", "note", "archived_at")


def changes(segment: Segment) -> list[Change]:
    """What staff changed, the newest first. One query."""
    rows = segment.events.select_related("pgh_context").order_by("pgh_id")  # type: ignore[attr-defined]
    told: list[Change] = []
    last: Any = None
    for row in rows:
        now = {name: getattr(row, name) for name in TOLD}
        user = (row.pgh_context.metadata or {}).get("user") if row.pgh_context else None
        before = {name: last[name] for name in TOLD if last[name] != now[name]} if last else None
        if before is None or before:
            after = now if before is None else {name: now[name] for name in before}
            told.append(Change(row.pgh_created_at, int(user) if user else None, before, after))
        last = now
    return told[::-1]
