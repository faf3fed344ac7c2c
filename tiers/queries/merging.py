"""Tiers and cards of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tiers.models import Card, Membership, Standing, Tier
from tiers.queries.ladder import ladder_of, terms_of
from tiers.queries.standing import StandingView, is_higher, standing
from tiers.rules import Progress, deserved


def merge_facts(customer_id: int, *, now: datetime) -> list[tuple[str, str]]:
    cards = Card.objects.filter(customer=customer_id).order_by("pk").values_list("number", flat=True)
    return [(_("Tier"), standing(customer_id, now=now).name), (_("Cards"), ", ".join(cards) or "—")]


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    cards = Card.objects.filter(customer=absorbed_id).count()
    memberships = Membership.objects.filter(customer=absorbed_id).count()
    stand = Standing.objects.filter(customer__in=[survivor_id, absorbed_id]).exists()
    lifted = _lifts(standing(survivor_id, now=now), standing(absorbed_id, now=now))
    if not (cards or memberships or stand or lifted):
        return []
    return [{"part": "tiers", "cards": cards, "memberships": memberships, "lifted": lifted}]


def _lifts(own: StandingView, other: StandingView) -> bool:
    """By the better of the two tiers, or by what both have spent together."""
    rungs = ladder_of(list(Tier.objects.order_by("pk")))
    together = deserved(rungs.terms, Progress(own.spent + other.spent, own.orders + other.orders))
    best = [terms_of(other.tier), together]
    return any(is_higher(rungs.basis, terms, terms_of(own.tier)) for terms in best)
