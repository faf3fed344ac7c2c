"""Cards of a customer (T-4)."""

from collections.abc import Sequence

from tiers.models import Card
from tiers.rules.card_rows import card_number


def cards_of(customer_id: int) -> list[Card]:
    """The virtual one first, then the newest; blocked ones too. One query."""
    return list(Card.objects.filter(customer=customer_id).order_by("-kind", "-pk"))


def customers_of_card(text: str, *, limit: int) -> list[int]:
    """Whose card has this number, in any spelling, blocked or not. One query."""
    number = card_number(text)
    keys = (
        Card.objects.filter(number=number, customer__isnull=False).values_list("customer", flat=True) if number else ()
    )
    return [key for key in keys if key is not None][:limit]


def holders_of_cards(numbers: Sequence[str]) -> dict[str, int]:
    """Number → key of the customer who holds the card, blocked ones too: the purchase was his. One query (CU-6)."""
    cards = Card.objects.filter(number__in=numbers, customer__isnull=False)
    return dict(cards.values_list("number", "customer_id"))
