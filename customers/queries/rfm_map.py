"""The RFM map: who lies where, and who has moved since a day (CU-7, RP-1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.models import RfmRun
from customers.queries.rfm import rfm_names
from customers.rules.rfm import BEST, SEGMENTS, cells, segment_of

DAY_SECONDS = 86_400
STARTER, VIP = "starter", "vip"


@dataclass(frozen=True)
class RfmGroup:
    """`orders` and `revenue` (roubles) are of the window; `days_since` the last purchase is an average."""

    customers: int
    orders: int
    revenue: Decimal
    share: Decimal
    revenue_share: Decimal
    days_since: int | None

    @property
    def average_order(self) -> Decimal | None:
        """In whole roubles, as a map is read from afar."""
        return (self.revenue / self.orders).quantize(Decimal(1)) if self.orders else None


@dataclass(frozen=True)
class RfmCell:
    r: int
    f: int
    segment: str
    name: str
    group: RfmGroup


@dataclass(frozen=True)
class RfmPart:
    """A segment of the map by its code, or the starters and VIP who lie anywhere on it (`cells` is empty)."""

    code: str
    name: str
    cells: tuple[tuple[int, int], ...]
    group: RfmGroup
    came: int
    left: int


@dataclass(frozen=True)
class RfmFlow:
    """From one segment to another; an empty code is off the map: no kept purchase yet, or none any more.

    `customers` were there on the day and are here now; `moves` is how often anybody went this way in between.
    """

    source: str
    target: str
    customers: int
    moves: int


@dataclass(frozen=True)
class RfmMap:
    """`rows` from the best frequency down, each by recency 1 … 5. Without `run` nothing has been reckoned yet."""

    run: RfmRun | None
    rows: tuple[tuple[RfmCell, ...], ...]
    segments: tuple[RfmPart, ...]
    extras: tuple[RfmPart, ...]
    total: RfmGroup
    since: date | None
    flows: tuple[RfmFlow, ...]
    names: dict[str, str]


def rfm_map(*, since: date | None, now: datetime | None = None) -> RfmMap:
    """Living customers by their present cells; with `since` also who has moved after that day began. Four queries."""
    rows = _read(PLACES, {"now": now or timezone.now()})
    total = _group(rows, rows)
    names = rfm_names()
    flows = _flows(since) if since else ()

    def group(fits: Callable[[dict[str, Any]], bool]) -> RfmGroup:
        return _group([row for row in rows if fits(row)], rows)

    def cell(r: int, f: int) -> RfmCell:
        code = segment_of(r, f)
        return RfmCell(r, f, code, names.get(code, code), group(lambda row: (row["r"], row["f"]) == (r, f)))

    def part(code: str, fits: Callable[[dict[str, Any]], bool]) -> RfmPart:
        came = sum(flow.customers for flow in flows if flow.target == code)
        left = sum(flow.customers for flow in flows if flow.source == code)
        places = tuple(cells(code)) if code in SEGMENTS else ()
        return RfmPart(code, names.get(code, code), places, group(fits), came, left)

    return RfmMap(
        run=RfmRun.objects.filter(finished_at__isnull=False).order_by("-day").first(),
        rows=tuple(tuple(cell(r, f) for r in range(1, BEST + 1)) for f in range(BEST, 0, -1)),
        segments=tuple(part(code, lambda row, code=code: row["segment"] == code) for code in SEGMENTS),  # type: ignore[misc]
        extras=(part(STARTER, lambda row: row["is_starter"]), part(VIP, lambda row: row["is_vip"])),
        total=total,
        since=since,
        flows=flows,
        names=names,
    )


def _group(rows: Iterable[dict[str, Any]], everybody: Iterable[dict[str, Any]]) -> RfmGroup:
    found = list(rows)
    customers = sum(row["customers"] for row in found)
    revenue = sum((row["revenue"] for row in found), Decimal(0))
    seconds = sum((row["seconds"] for row in found), Decimal(0))
    all_customers = sum(row["customers"] for row in everybody)
    all_revenue = sum((row["revenue"] for row in everybody), Decimal(0))
    return RfmGroup(
        customers=customers,
        orders=sum(row["orders"] for row in found),
        revenue=revenue,
        share=_percent(customers, all_customers),
        revenue_share=_percent(revenue, all_revenue),
        days_since=max(round(seconds / customers / DAY_SECONDS), 0) if customers else None,
    )


def _percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return (Decimal(part) / Decimal(whole) * 100).quantize(Decimal("0.1")) if whole else Decimal(0)


def _flows(since: date) -> tuple[RfmFlow, ...]:
    """The broadest first."""
    start = datetime(since.year, since.month, since.day, tzinfo=timezone.get_default_timezone())
    flows = [RfmFlow(**row) for row in _read(FLOWS, {"start": start})]
    return tuple(sorted(flows, key=lambda flow: (-flow.customers, -flow.moves, flow.source, flow.target)))


def _read(text: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# The segment is read as it is stored: the map shows what lists and codes go by.
PLACES = """
SELECT r.r, r.f, r.segment, r.orders = 1 AS is_starter, r.is_vip, count(*) AS customers,
       sum(r.frequency)::bigint AS orders, sum(r.monetary) AS revenue,
       sum(extract(epoch FROM %(now)s - r.last_paid_at)) AS seconds
FROM customers_rfm r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL
GROUP BY 1, 2, 3, 4, 5
"""

FLOWS = """
WITH moved AS MATERIALIZED (
    SELECT id, customer_id, from_segment, to_segment FROM customers_rfmmove WHERE moved_at >= %(start)s
), gross AS (
    SELECT from_segment, to_segment, count(*) AS moves FROM moved WHERE from_segment <> to_segment GROUP BY 1, 2
), ends AS (
    SELECT customer_id, min(id) AS first_id, max(id) AS last_id FROM moved GROUP BY 1
), net AS (
    SELECT first.from_segment, last.to_segment, count(*) AS customers
    FROM ends JOIN moved first ON first.id = first_id JOIN moved last ON last.id = last_id
    WHERE first.from_segment <> last.to_segment GROUP BY 1, 2
)
SELECT from_segment AS source, to_segment AS target, coalesce(customers, 0) AS customers, coalesce(moves, 0) AS moves
FROM gross FULL JOIN net USING (from_segment, to_segment)
"""
