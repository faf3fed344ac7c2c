"""Who is in a segment, whatever its kind, and who is a customer at all."""

from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Substr

from customers.models import Customer, Rfm, Segment, SegmentMembership

RFM_PREFIX = "rfm-"
STARTER, VIP = "rfm-starter", "rfm-vip"


def living() -> QuerySet[Customer]:
    """Everybody but who was merged into another or erased: what lists, segments and grants stand on."""
    return Customer.objects.filter(merged_into__isnull=True, erased_at__isnull=True)


def members(segment: Segment) -> QuerySet[Customer]:
    """The customers of a list, a rule or a segment of the RFM map (CU-8); nobody merged or erased."""
    if segment.kind != Segment.Kind.RFM:
        return living().filter(memberships__segment=segment)
    if segment.code == VIP:
        return living().filter(rfm__is_vip=True)
    if segment.code == STARTER:
        return living().filter(rfm__orders=1)
    return living().filter(rfm__segment=segment.code.removeprefix(RFM_PREFIX))


def member_count() -> Case:
    """To annotate segments with: as many as `members` finds, but of a rule as it was last refreshed (None until then).

    In the query of the list itself, however many segments there are.
    """
    of_list = SegmentMembership.objects.filter(segment=OuterRef("pk"))
    of_map = Rfm.objects.filter(segment=Substr(OuterRef("code"), len(RFM_PREFIX) + 1))
    return Case(
        When(kind=Segment.Kind.RULE, then=F("members_count")),
        When(kind=Segment.Kind.LIST, then=_counted(of_list)),
        When(code=VIP, then=_counted(Rfm.objects.filter(is_vip=True))),
        When(code=STARTER, then=_counted(Rfm.objects.filter(orders=1))),
        default=_counted(of_map),
    )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows are of living customers. Those who are gone are few, and indexed (`customer_gone`)."""
    gone = Customer.objects.filter(
        Q(merged_into__isnull=False) | Q(erased_at__isnull=False), pk=OuterRef("customer_id")
    )
    grouped = (
        rows.exclude(Exists(gone))
        .annotate(all=Value(1))
        .values("all")
        .annotate(count=Count("customer_id"))
        .values("count")
    )
    return Coalesce(Subquery(grouped.order_by()), 0)


def segments_of(customer_id: int) -> list[Segment]:
    """The segments of all kinds that the customer is in, those put away left out; by name. One query."""
    of_map = Rfm.objects.filter(customer=customer_id)
    return list(
        Segment.objects.filter(archived_at=None)
        .filter(
            Q(memberships__customer=customer_id)
            | Q(kind=Segment.Kind.RFM, code__in=of_map.values_list(Concat(Value(RFM_PREFIX), "segment")))
            | Q(kind=Segment.Kind.RFM, code=VIP) & Exists(of_map.filter(is_vip=True))
            | Q(kind=Segment.Kind.RFM, code=STARTER) & Exists(of_map.filter(orders=1))
        )
        .distinct()
        .order_by("name", "pk")
    )
