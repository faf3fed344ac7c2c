"""How one code does: uses by day, the way from quotes to uses, why it was refused."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from promocodes.models import QuoteTally, Redemption

APPLIED = "applied"
MOST_DAYS = 92


@dataclass(frozen=True)
class Funnel:
    """`tried` quotes asked for the code, `applied` of them got it; `used` orders took it, `released` gave it back.

    `discount` and `revenue` are of uses that live.
    """

    tried: int
    applied: int
    used: int
    released: int
    discount: Decimal
    revenue: Decimal


def code_funnel(promo_code_id: int) -> Funnel:
    """Two queries."""
    quotes = QuoteTally.objects.filter(promo_code=promo_code_id).aggregate(
        tried=Sum("count"), applied=Sum("count", filter=Q(outcome=APPLIED))
    )
    live = Q(released_at__isnull=True)
    uses = Redemption.objects.filter(promo_code=promo_code_id).aggregate(
        used=Count("pk"),
        released=Count("pk", filter=~live),
        discount=Sum("discount", filter=live),
        revenue=Sum("order_total", filter=live),
    )
    return Funnel(
        tried=quotes["tried"] or 0,
        applied=quotes["applied"] or 0,
        used=uses["used"],
        released=uses["released"],
        discount=uses["discount"] or Decimal(0),
        revenue=uses["revenue"] or Decimal(0),
    )


def refusals(promo_code_id: int) -> list[tuple[str, int]]:
    """(reason, quotes) for each reason the code did not apply, the most frequent first."""
    rows = QuoteTally.objects.filter(promo_code=promo_code_id).exclude(outcome=APPLIED).values("outcome")
    return [(row["outcome"], row["n"]) for row in rows.annotate(n=Sum("count")).order_by("-n", "outcome")]


def uses_by_day(promo_code_id: int, first: date, last: date) -> list[tuple[date, int]]:
    """Uses on every day from `first` to `last`, at most the last `MOST_DAYS` of them, zeros included."""
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    zone = timezone.get_current_timezone()
    rows = (
        Redemption.objects.filter(promo_code=promo_code_id, redeemed_at__gte=_midnight(first))
        .annotate(day=TruncDate("redeemed_at", tzinfo=zone))
        .values("day")
        .annotate(n=Count("pk"))
        .order_by("day")
    )
    counts = {row["day"]: row["n"] for row in rows}
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [(day, counts.get(day, 0)) for day in days]


def _midnight(day: date) -> object:
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day))  # type: ignore[attr-defined]
