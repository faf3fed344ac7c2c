"""Where a customer lies on the RFM map (CU-7)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from customers.models import Rfm, Segment
from customers.queries.members import RFM_PREFIX


@dataclass(frozen=True)
class RfmView:
    """`recency` in days of the shop, `frequency` in orders and `monetary` in roubles within the window; r, f, m are the
    scores 1 … 5. `orders` and `spent` are of the whole life. `segment` is the code on the map, its name in the
    reader's language."""

    recency: int
    frequency: int
    monetary: Decimal
    r: int
    f: int
    m: int
    segment: str
    segment_name: str
    is_vip: bool
    is_starter: bool
    since: datetime
    orders: int
    spent: Decimal
    first_paid_at: datetime
    last_paid_at: datetime


def rfm_of(customer_id: int, *, now: datetime) -> RfmView | None:
    """None for who never bought anything or gave it all back. Two queries."""
    row = Rfm.objects.filter(customer=customer_id).first()
    if row is None:
        return None
    days = (timezone.localdate(now) - timezone.localdate(row.last_paid_at)).days
    return RfmView(
        recency=max(days, 0),
        frequency=row.frequency,
        monetary=row.monetary,
        r=row.r,
        f=row.f,
        m=row.m,
        segment=row.segment,
        segment_name=rfm_names().get(row.segment, row.segment),
        is_vip=row.is_vip,
        is_starter=row.orders == 1,
        since=row.since,
        orders=row.orders,
        spent=row.spent,
        first_paid_at=row.first_paid_at,
        last_paid_at=row.last_paid_at,
    )


def rfm_names() -> dict[str, str]:
    """The segments of the map, `starter` and `vip` by their codes, in the reader's language. One query."""
    rows = Segment.objects.filter(kind=Segment.Kind.RFM)
    return {row.code.removeprefix(RFM_PREFIX): row.title for row in rows}
