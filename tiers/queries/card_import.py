"""What an import of cards would do, row by row, before it is carried out (T-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from tiers.models import Card
from tiers.queries.holders import customers_written
from tiers.rules.card_rows import CardRow


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True)
class JudgedCard:
    """`card` is there already; `customer` is who will hold it; `text` says what is wrong, or what changes."""

    row: CardRow
    outcome: Outcome
    card: Card | None = None
    customer: Customer | None = None
    text: str = ""

    @property
    def holder(self) -> Customer | None:
        """Who has the card afterwards."""
        return self.customer or (self.card.customer if self.card else None)


def judged_cards(rows: Sequence[CardRow], *, cards: QuerySet[Card] | None = None) -> list[JudgedCard]:
    """In the order of `rows`; two queries. `cards`: where to look for those there are, locked by who writes.

    A row without a customer leaves the card with whom it is; a card of one customer is never handed to another.
    """
    there = Card.objects.select_related("customer") if cards is None else cards
    known = {card.number: card for card in there.filter(number__in=[row.number for row in rows])}
    named = customers_written(row.customer for row in rows)
    return [_judged(row, known.get(row.number), named.get(row.customer)) for row in rows]


def _judged(row: CardRow, card: Card | None, customer: Customer | None) -> JudgedCard:
    if row.customer and customer is None:
        return JudgedCard(row, Outcome.WRONG, text=_("there is no customer “%(text)s”") % {"text": row.customer})
    if card is None:
        return JudgedCard(row, Outcome.NEW, customer=customer)
    if card.kind == Card.Kind.VIRTUAL:
        return JudgedCard(row, Outcome.WRONG, text=_("this is the number of a virtual card"))
    if customer and card.customer_id not in {None, customer.pk}:
        return JudgedCard(row, Outcome.WRONG, text=_("the card belongs to another customer: take it from him first"))
    holder_id = customer.pk if customer else card.customer_id
    is_same = (card.percent, card.customer_id) == (row.percent, holder_id)
    return JudgedCard(row, Outcome.SAME if is_same else Outcome.CHANGED, card, customer)
