"""How many customers stand where, who has moved and who is about to (T-2, T-3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Customer
from tiers.models import Ladder, Standing, Tier, TierChange
from tiers.rules import Basis


@dataclass(frozen=True)
class TierCount:
    """`lapsing` of the `customers` have been told that they go down."""

    tier: Tier
    customers: int
    lapsing: int


@dataclass(frozen=True)
class Move:
    """`count` customers moved so on `day` (in the shop's time zone)."""

    day: date
    from_tier: Tier
    to_tier: Tier
    cause: str
    count: int
    is_up: bool


def tier_counts() -> list[TierCount]:
    """Lowest first, then tiers taken off the ladder on which somebody still stands. Four queries."""
    tiers = _tiers()
    counts = Standing.objects.values("tier").annotate(
        customers=Count("pk"), lapsing=Count("pk", filter=Q(lapses_at__isnull=False))
    )
    found = {row["tier"]: (row["customers"], row["lapsing"]) for row in counts.order_by()}
    lowest = next((tier.pk for tier in tiers if tier.is_active), None)
    # Who has no row stands on the lowest tier.
    rowless = Customer.objects.count() - sum(customers for customers, _lapsing in found.values())
    told = []
    for tier in tiers:
        customers, lapsing = found.get(tier.pk, (0, 0))
        customers += rowless if tier.pk == lowest else 0
        if tier.is_active or customers:
            told.append(TierCount(tier, customers, lapsing))
    return told


def moves(*, since: datetime, until: datetime) -> list[Move]:
    """By day, pair of tiers and cause, `since` included, `until` not. Three queries."""
    tiers = _tiers()
    heights = {tier.pk: height for height, tier in enumerate(tiers)}
    # Who had no row before stood where everybody begins.
    known: dict[int | None, Tier] = {None: tiers[0], **{tier.pk: tier for tier in tiers}} if tiers else {}
    rows = (
        TierChange.objects.filter(changed_at__gte=since, changed_at__lt=until)
        .values("from_tier", "to_tier", "cause", day=TruncDate("changed_at", tzinfo=timezone.get_current_timezone()))
        .annotate(count=Count("pk"))
        .order_by("day", "from_tier", "to_tier", "cause")
    )
    return [
        Move(
            row["day"],
            known[row["from_tier"]],
            known[row["to_tier"]],
            row["cause"],
            row["count"],
            heights[row["to_tier"]] > heights.get(row["from_tier"], -1),
        )
        for row in rows
    ]


def lapsing_standings() -> QuerySet[Standing]:
    """Who goes down unless he buys, soonest first."""
    rows = Standing.objects.filter(lapses_at__isnull=False).select_related("customer", "tier")
    return rows.order_by("lapses_at", "pk")


def _tiers() -> list[Tier]:
    """All there are, lowest first by what the ladder counts; those taken off it last."""
    basis = Ladder.objects.filter(pk=1).values_list("basis", flat=True).first() or Ladder.Basis.SPEND
    threshold = "threshold_amount" if basis == Basis.SPEND else "threshold_orders"
    rows: Iterable[Any] = Tier.objects.order_by(F("is_active").desc(), F(threshold).asc(nulls_first=True), "pk")
    return list(rows)
