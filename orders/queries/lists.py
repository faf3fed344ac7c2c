"""Orders to be shown: one by its number, many by a filter."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from customers.models import Customer
from orders.models import Order
from orders.services.errors import NoSuchOrder
from orders.services.locking import order_key
from promocodes.rules import readings


def order_numbered(number: str) -> Order:
    """With its customer. Raises NoSuchOrder."""
    order = shown_orders().filter(pk=order_key(number)).first()
    if order is None:
        raise NoSuchOrder
    return order


def orders_matching(
    *, customer: UUID | None = None, status: str | None = None, promo_code: str | None = None
) -> QuerySet[Order]:
    """Orders for which all that is given holds; the code in any spelling.

    A merged record's id names the one that stayed (CU-3).
    """
    rows = shown_orders()
    if customer is not None:
        stayed = Customer.objects.filter(public_id=customer).values(key=Coalesce("merged_into_id", "pk"))
        rows = rows.filter(customer__in=stayed)
    if status is not None:
        rows = rows.filter(status=status)
    if promo_code is not None:
        rows = rows.filter(promo_code__in=readings(promo_code))
    return rows


def shown_orders() -> QuerySet[Order]:
    """Orders with all that their document needs."""
    return Order.objects.select_related("customer")
