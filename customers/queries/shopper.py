"""A customer as the till sees one."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from customers.models import Customer, Purchase, SegmentMembership
from customers.rules import Shopper


def shopper(customer: int | UUID, *, lock: bool = False) -> Shopper | None:
    """Who it is, with first-order and segment facts. `customer` is the primary key or the public id. One
    query.

    A purchase given back whole is no purchase. `lock` holds the row until the transaction ends, so that two
    orders of one customer are placed one after the other.
    """
    by = {"public_id": customer} if isinstance(customer, UUID) else {"pk": customer}
    rows = Customer.objects.filter(**by).annotate(
        has_bought=Exists(_kept_purchases()), segment_codes=ArraySubquery(_segment_codes())
    )
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        return None
    return Shopper(
        id=found.pk,
        public_id=str(found.public_id),
        email=found.email or "",
        phone=str(found.phone or ""),
        has_bought=found.has_bought,
        segments=frozenset(found.segment_codes),
    )


def _kept_purchases() -> QuerySet[Purchase]:
    is_kept = Q(goods_amount=0) | Q(refunded_amount__lt=F("goods_amount"))
    return Purchase.objects.filter(is_kept, customer=OuterRef("pk"))


def _segment_codes() -> QuerySet[SegmentMembership, Any]:
    return SegmentMembership.objects.filter(customer=OuterRef("pk")).values("segment__code")
