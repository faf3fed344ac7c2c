"""Orders of a browser and of a customer."""

from collections.abc import Sequence

from django.db.models import QuerySet

from customers.models import Customer
from orders.models import Order


def claimable_orders(numbers: Sequence[str]) -> list[str]:
    """Of these, the guests' orders that are still to be paid, oldest first."""
    keys = [int(number) for number in numbers if number.isdecimal()]
    if not keys:
        return []
    rows = Order.objects.filter(pk__in=keys, customer=None, status=Order.Status.NEW).order_by("pk")
    return [order.number for order in rows]


def orders_of(customer: Customer | None) -> QuerySet[Order]:
    """The customer's orders, the newest first."""
    return Order.objects.filter(customer=customer).exclude(customer=None).order_by("-placed_at", "-pk")
