"""Campaigns that run at the same time on the same goods: the editor warns of them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from promocodes.models import Campaign, PromoCode, Terms


def overlapping_campaigns(
    *,
    starts_at: datetime,
    ends_at: datetime,
    categories: Collection[str],
    own_campaign: str,
    limit: int = 3,
) -> list[Campaign]:
    """Other campaigns with live codes whose period and goods meet the given ones; no categories mean all goods.

    `categories` come with those above and below them: goods meet where one code asks for a category inside the other's.
    """
    meeting = Terms.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at, campaign=OuterRef("pk"))
    if categories:
        meeting = meeting.filter(Q(categories=[]) | Q(categories__overlap=list(categories)))
    is_on = Q(switch=True) | Q(switch__isnull=True, terms__batch__switch=True)
    live = meeting.filter(Exists(PromoCode.objects.filter(is_on, terms=OuterRef("pk"))))
    return list(Campaign.objects.filter(Exists(live)).exclude(name=own_campaign).order_by("-pk")[:limit])
