"""Who has a card, and whether it works (T-4)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from customers.services import mark_stale
from loyalty_site.kernel.errors import Conflict, NotFound, invalid
from loyalty_site.kernel.transactions import ChangedMeanwhile, requires_transaction
from tiers.models import Card
from tiers.queries.holders import customers_written
from tiers.rules.card_rows import card_number
from tiers.services.history import written_by


class CardHeld(Conflict):
    """A card of one customer is not handed to another."""

    code = "card_held"
    message = _("The card belongs to another customer: take it from him first.")


class CardStays(Conflict):
    """A virtual card is its customer's for good; it can be blocked."""

    code = "card_stays"
    message = _("A virtual card stays with its customer. Block it instead.")


@requires_transaction
def attach_card(*, number: str, customer: str, by: User | None, now: datetime) -> Card:
    """Hand the card to who is written as an e-mail, a phone or an external id; to its own holder again is no change."""
    found = customers_written([customer]).get(customer)
    if found is None:
        raise invalid("customer", _("There is no such customer."), "unknown")
    holder = Customer.objects.select_for_update(no_key=True).get(pk=found.pk)
    if holder.merged_into_id is not None or holder.erased_at is not None:
        raise ChangedMeanwhile
    card = _locked(number)
    if card.customer_id not in {None, holder.pk}:
        raise CardHeld
    if card.customer_id is None:
        card.customer = holder
        _save(card, by, "attach", now)
    return card


@requires_transaction
def detach_card(*, number: str, by: User | None, now: datetime) -> Card:
    """Take the card from its customer; without one it is no change."""
    card = _locked(number)
    if card.kind == Card.Kind.VIRTUAL:
        raise CardStays
    if card.customer_id is not None:
        mark_stale(customer_ids=[card.customer_id], now=now)
        card.customer = None
        _save(card, by, "detach", now)
    return card


@requires_transaction
def block_card(*, number: str, by: User | None, now: datetime) -> Card:
    """From `now` on the card gives nothing; blocking it again keeps the first moment."""
    card = _locked(number)
    if card.blocked_at is None:
        card.blocked_at = now
        _save(card, by, "block", now)
    return card


@requires_transaction
def unblock_card(*, number: str, by: User | None, now: datetime) -> Card:
    card = _locked(number)
    if card.blocked_at is not None:
        card.blocked_at = None
        _save(card, by, "unblock", now)
    return card


def _locked(number: str) -> Card:
    card = Card.objects.select_for_update(no_key=True).filter(number=card_number(number)).first()
    if card is None:
        raise NotFound
    return card


def _save(card: Card, by: User | None, action: str, now: datetime) -> None:
    """Segments may ask who holds a card that works."""
    mark_stale(customer_ids=[card.customer_id] if card.customer_id else [], now=now)
    with written_by(by, action):
        card.save(update_fields=["customer", "blocked_at"])
