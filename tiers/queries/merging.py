"""Tiers and cards of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tiers.models import Card, Membership
from tiers.queries.standing import standing


def merge_facts(customer_id: int, *, now: datetime) -> list[tuple[str, str]]:
    cards = Card.objects.filter(customer=customer_id).order_by("pk").values_list("number", flat=True)
    return [(_("Tier"), standing(customer_id, now=now).name), (_("Cards"), ", ".join(cards) or "—")]


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    cards = Card.objects.filter(customer=absorbed_id).count()
    memberships = Membership.objects.filter(customer=absorbed_id).count()
    return [{"part": "tiers", "cards": cards, "memberships": memberships, "lifted": False}]
