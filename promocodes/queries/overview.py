"""The promo codes of the whole shop at a glance: uses by day, what ends soon, why codes were refused."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from promocodes.models import PromoCode, QuoteTally, Redemption, Terms
from promocodes.queries.performance import APPLIED


@dataclass(frozen=True)
class DayOfUses:
    """Live uses of one day in the shop's time zone; `revenue` is the totals of their orders."""

    day: date
    uses: int = 0
    discount: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)


def uses_of_days(first: date, last: date) -> list[DayOfUses]:
    """Every day from `first` to `last`, empty ones too. One query."""
    zone = timezone.get_current_timezone()
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    until = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    rows = (
        Redemption.objects.filter(redeemed_at__gte=since, redeemed_at__lt=until, released_at=None)
        .annotate(day=TruncDate("redeemed_at", tzinfo=zone))
        .values("day")
        .annotate(uses=Count("pk"), discount=Sum("discount"), revenue=Sum("order_total"))
    )
    found = {row["day"]: DayOfUses(**row) for row in rows}
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [found.get(day, DayOfUses(day)) for day in days]


def terms_ending(now: datetime, *, days: int, limit: int = 8) -> list[Terms]:
    """Terms of live codes whose period is over within `days`, the soonest first, with campaign and batch. Two queries.

    Terms of a code made by itself carry it as `code`.
    """
    soon = _live_terms().filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=days), starts_at__lte=now)
    found: list[Any] = list(soon.select_related("campaign", "batch").order_by("ends_at", "pk")[:limit])
    alone = [terms.pk for terms in found if not hasattr(terms, "batch")]
    codes = {code.terms_id: code for code in PromoCode.objects.filter(terms__in=alone)}
    for terms in found:
        terms.code = codes.get(terms.pk)
    return found


def refusals_of_days(first: date, last: date) -> list[tuple[str, int]]:
    """(reason, quotes) of codes that did not apply, the most frequent first. One query."""
    rows = QuoteTally.objects.filter(day__gte=first, day__lte=last).exclude(outcome=APPLIED).values("outcome")
    return [(row["outcome"], row["n"]) for row in rows.annotate(n=Sum("count")).order_by("-n", "outcome")]


def uses_by_customer(customer_id: int) -> QuerySet[Redemption]:
    """Every use of one customer with its code, released ones included, the newest first."""
    uses = Redemption.objects.filter(customer=customer_id).select_related("promo_code")
    return uses.order_by("-redeemed_at", "-pk")


def codes_of_customer(customer_id: int) -> QuerySet[PromoCode]:
    """The codes that belong to one customer, newest first, with their terms."""
    return PromoCode.objects.filter(customer=customer_id).select_related("terms").order_by("-pk")


def _live_terms() -> QuerySet[Terms]:
    by_hand = Exists(PromoCode.objects.filter(switch=True, terms=OuterRef("pk")))
    return Terms.objects.filter(Q(batch__switch=True) | by_hand)
