"""RFM in few words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer, RfmMove, RfmRun
from tests.factories import NOW


def day(number: float) -> datetime:
    """`number` days after the tests' present, noon in Moscow."""
    return NOW + timedelta(days=number)


def a_run(
    *,
    recency: Sequence[int],
    frequency: Sequence[int],
    monetary: Sequence[int],
    vip_from: int | None = None,
    on: float = 0,
    **given: Any,
) -> RfmRun:
    """A finished night with these cut points."""
    return RfmRun.objects.create(
        day=timezone.localdate(day(on)),
        window_days=365,
        recency_cuts=recency,
        frequency_cuts=frequency,
        monetary_cuts=monetary,
        vip_from=vip_from,
        started_at=day(on),
        finished_at=day(on),
        **given,
    )


def moves(customer: Customer) -> list[tuple[str, str, str]]:
    """(from, to, cause), oldest first."""
    return list(
        RfmMove.objects.filter(customer=customer).order_by("pk").values_list("from_segment", "to_segment", "cause")
    )
