"""The card to show at the till: its number in figures and as a QR."""

from dataclasses import dataclass

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orders.views import visitor
from tiers.models import Card
from tiers.queries.cards import cards_of

GROUP = 4


@dataclass(frozen=True)
class ShownCard:
    """`percent` is a discount of its own, zero for most; `is_virtual` false: a plastic one that was brought along."""

    number: str
    grouped: str
    percent: str
    is_virtual: bool
    qr: SafeString


def shown_cards(customer_id: int) -> list[ShownCard]:
    """Cards that are not blocked, the virtual one first. One query."""
    return [shown_card(card) for card in cards_of(customer_id) if card.blocked_at is None]


def shown_card(card: Card) -> ShownCard:
    number = card.number
    return ShownCard(
        number=number,
        grouped=" ".join(number[start : start + GROUP] for start in range(0, len(number), GROUP)),
        percent=str(card.percent) if card.percent else "",
        is_virtual=card.kind == Card.Kind.VIRTUAL,
        qr=number_qr(number),
    )


def number_qr(number: str) -> SafeString:
    """Black on white in both themes, as scanners expect; the number itself and nothing else."""
    drawn = segno.make(number, error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308


@never_cache
@login_required
@require_GET
def card(request: HttpRequest) -> HttpResponse:
    """For the till and for paper: one card a page, nothing else on it."""
    customer = visitor.customer_of(request)
    cards = shown_cards(customer.pk) if customer else []
    return render(request, "account/card.html", {"customer": customer, "cards": cards})
