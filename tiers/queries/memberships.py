"""Paid memberships of a customer (T-5)."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, Max, QuerySet, Value, When
from django.db.models.expressions import OuterRef, Subquery
from django.db.models.fields import CharField

from tiers.models import Membership

LIVE, UPCOMING, ENDED, REFUNDED = "live", "upcoming", "ended", "refunded"


def memberships(customer_id: int, *, now: datetime) -> QuerySet[Any]:
    """Newest first, with plan and tier, each with

    `state`: `live`, `upcoming`, `ended` or `refunded`; `paid_until`: when the last of this tier ends. One query.
    """
    paid = Membership.objects.filter(customer=customer_id, tier=OuterRef("tier"), refunded_at__isnull=True)
    last = paid.order_by().values("tier").annotate(last=Max("ends_at")).values("last")
    return (
        Membership.objects.filter(customer=customer_id)
        .select_related("plan", "tier")
        .annotate(
            state=Case(
                When(refunded_at__isnull=False, then=Value(REFUNDED)),
                When(ends_at__lte=now, then=Value(ENDED)),
                When(starts_at__gt=now, then=Value(UPCOMING)),
                default=Value(LIVE),
                output_field=CharField(),
            ),
            paid_until=Subquery(last),
        )
        .order_by(F("starts_at").desc(), "-pk")
    )
