"""Whose order somebody names: for the search for customers (CU-10)."""

from customers.models import Purchase
from orders.models import Order

MOST_DIGITS = 18


def customers_of_order(text: str, *, limit: int) -> list[int]:
    """Keys of the customers of orders and purchases with this number, the shop's or another's. Three queries."""
    number = text.lstrip("№#").strip()
    found: list[int | None] = []
    refs = [text, number, f"import:{number}"]
    if number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS:
        found += Order.objects.filter(pk=int(number)).values_list("customer", flat=True)
        refs.append(f"order:{number}")
    # With the channel first, because the unique index on both begins with it.
    external = Order.objects.filter(channel__in=Order.Channel.values, external_number=number)
    found += external.values_list("customer", flat=True)[:limit]
    found += Purchase.objects.filter(ref__in=refs).values_list("customer", flat=True)
    return [key for key in dict.fromkeys(found) if key is not None][:limit]
