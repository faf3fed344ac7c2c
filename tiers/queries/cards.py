"""Cards of a customer (T-4)."""

from tiers.models import Card


def cards_of(customer_id: int) -> list[Card]:
    """The virtual one first, then the newest; blocked ones too. One query."""
    return list(Card.objects.filter(customer=customer_id).order_by("-kind", "-pk"))
