"""The uses of one code, as a list and as a curve."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from promocodes.models import PromoCode, Redemption


@dataclass(frozen=True)
class DayUses:
    """Live uses taken on `day` in the shop's zone, and all up to its end."""

    day: date
    uses: int
    total: int


def uses_of(code: PromoCode) -> QuerySet[Redemption]:
    """Every use of a code, released ones included, newest first, with its customer."""
    return Redemption.objects.filter(promo_code=code).select_related("customer").order_by("-redeemed_at", "-pk")


def curve_of_uses(code: PromoCode) -> list[DayUses]:
    """One point a day from the first live use to the last, days without a use included. One query."""
    live = Redemption.objects.filter(promo_code=code, released_at=None)
    counted = dict(
        live.annotate(day=TruncDate("redeemed_at")).values_list("day").annotate(uses=Count("pk")).order_by("day")
    )
    if not counted:
        return []
    first, last = min(counted), max(counted)
    points, total = [], 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        total += counted.get(day, 0)
        points.append(DayUses(day, counted.get(day, 0), total))
    return points
