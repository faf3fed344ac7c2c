"""Tiers in the API's shape: money and percents as strings, names in the reader's language."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tiers.models import Card, Standing, Tier
from tiers.queries import LadderView, Preview, StandingView, ladder


def tier_document(customer_id: int, *, now: datetime) -> dict[str, Any]:
    """The tier the customer has earned; who has not risen yet stands on the lowest. At most three queries."""
    found = Standing.objects.select_related("tier").filter(customer=customer_id).first()
    tier = found.tier if found else ladder().tiers[0]
    return {"code": tier.code, "name": tier.shown_name}


def standing_document(view: StandingView) -> dict[str, Any]:
    """What the ladder does not count is null in `next`."""
    return {
        "code": view.code,
        "name": view.name,
        "since": _moment(view.since),
        "spent": f"{view.spent:.2f}",
        "orders": view.orders,
        "next": {
            "code": view.next.code,
            "name": view.next.name,
            "missing_amount": _decimal(view.next.missing_amount),
            "missing_orders": view.next.missing_orders,
        }
        if view.next
        else None,
    }


def ladder_document(view: LadderView) -> dict[str, Any]:
    """Lowest first; put again it changes nothing."""
    return {
        "basis": str(view.basis),
        "window_days": view.window_days,
        "grace_days": view.grace_days,
        "tiers": [_rung_document(tier) for tier in view.tiers],
    }


def preview_document(preview: Preview) -> dict[str, Any]:
    return {
        "moves": [{"from": start, "to": end, "count": count} for start, end, count in preview.moves],
        "up": preview.up,
        "down": preview.down,
    }


def card_document(card: Card) -> dict[str, Any]:
    """`customer` is best selected with the card."""
    return {
        "number": card.number,
        "kind": card.kind,
        "percent": f"{card.percent:.2f}",
        "customer": str(card.customer.public_id) if card.customer else None,
        "is_blocked": card.blocked_at is not None,
        "issued_at": _moment(card.issued_at),
    }


def _rung_document(tier: Tier) -> dict[str, Any]:
    return {
        "code": tier.code,
        "name": tier.name,
        "name_en": tier.name_en,
        "threshold_amount": _decimal(tier.threshold_amount),
        "threshold_orders": tier.threshold_orders,
        "cashback_percent": _decimal(tier.cashback_percent),
        "discount_percent": _decimal(tier.discount_percent),
        "ships_free": tier.ships_free,
        "has_manager": tier.has_manager,
        "has_early_access": tier.has_early_access,
    }


def _decimal(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.2f}"


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
