"""Who is due for an occasion (CU-9)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from customers.models import Customer, Segment
from customers.queries import living, members, with_birthday_on
from points.models import Occasion, OccasionGift
from points.rules import end_of_day
from points.rules.occasions import APART, OccasionTerms, birthday_keys, due_days, known_until


def shop_day(now: datetime) -> date:
    """The day it is in the shop."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def due_occasions(*, now: datetime) -> list[tuple[int, date]]:
    """(occasion, day) of all gifts that may be given now, the earliest day first."""
    today = shop_day(now)
    active = Occasion.objects.filter(is_active=True).order_by("pk")
    terms = [(occasion.pk, occasion.terms) for occasion in active]
    due = [(day, key) for key, known in terms for day in due_days(known.when, known.window, today)]
    return [(key, day) for day, key in sorted(due)]


def due_customers(occasion: Occasion, day: date, *, after: int = 0) -> QuerySet[Customer]:
    """Who gets the gift of `day` and has not got it, with keys above `after`."""
    return due_of(occasion.terms, occasion.segment, day, occasion_id=occasion.pk, after=after)


def due_of(
    terms: OccasionTerms, segment: Segment | None, day: date, *, occasion_id: int | None, after: int = 0
) -> QuerySet[Customer]:
    """Who is due for `day` by these terms, stored or not; who got his gift of `occasion_id` already is left out.

    He was a customer, and his birthday known, on the last day that the occasion asks for, at the latest on the day.
    """
    end = end_of_day(known_until(day, terms.known_days), ZoneInfo(settings.TIME_ZONE))
    customers = audience(segment)
    gifts = OccasionGift.objects.filter(occasion=occasion_id or 0, customer=OuterRef("pk"), customer__gt=after)
    if not terms.when.is_personal:
        return customers.filter(~Exists(gifts.filter(year=day.year)), registered_at__lt=end)
    near = gifts.filter(year__range=(day.year - 1, day.year + 1), day__gt=day - APART, day__lt=day + APART)
    known = customers.alias(known_since=Coalesce("birthday_set_at", "registered_at")).filter(known_since__lt=end)
    return with_birthday_on(known, birthday_keys(day)).filter(~Exists(gifts.filter(year=day.year)), ~Exists(near))


def audience(segment: Segment | None) -> QuerySet[Customer]:
    """Whom an occasion is for: the segment's members, or everybody."""
    return members(segment) if segment else living()


def gift_of(customer_id: int, *, occasion_id: int, year: int) -> OccasionGift | None:
    """With its occasion and lot."""
    gifts = OccasionGift.objects.select_related("occasion", "lot")
    return gifts.filter(customer_id=customer_id, occasion_id=occasion_id, year=year).first()


def fresh_gift(customer_id: int, *, now: datetime, days: int = 14) -> OccasionGift | None:
    """The latest gift of the last `days` of which points are left, with its occasion and lot. One query."""
    return (
        OccasionGift.objects.filter(
            customer_id=customer_id,
            given_at__gt=now - timedelta(days=days),
            given_at__lte=now,
            lot__remaining__gt=0,
            lot__expires_at__gt=now,
        )
        .select_related("occasion", "lot")
        .order_by("-given_at", "-pk")
        .first()
    )
