"""Registrations day by day, for a line on a first page."""

from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from promocodes.rules import end_of, start_of
from referrals.models import Referral


def registrations_by_day(first: date, last: date) -> list[int]:
    """One number for each day of the shop's zone, days of nobody too. One query."""
    zone = timezone.get_default_timezone()
    found = dict(
        Referral.objects.filter(registered_at__gte=start_of(first, zone), registered_at__lt=end_of(last, zone))
        .order_by()
        .annotate(day=TruncDate("registered_at", tzinfo=zone))
        .values("day")
        .annotate(count=Count("pk"))
        .values_list("day", "count")
    )
    return [found.get(first + timedelta(days=number), 0) for number in range((last - first).days + 1)]
