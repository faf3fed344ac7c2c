"""Who is in a segment, whatever its kind, and who is a customer at all."""

from django.db.models import QuerySet

from customers.models import Customer, Segment

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
