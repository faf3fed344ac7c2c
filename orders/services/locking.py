"""Locks of an existing order: its customer first, then its own row; codes and counters only after them."""

from typing import Any

from customers.models import Customer
from loyalty_site.kernel.transactions import ChangedMeanwhile
from orders.models import Order
from orders.services.errors import NoSuchOrder


def locked_order(number: str, *, customer_id: int | None = None) -> Order:
    """The order, held until the transaction ends, after its customer (and `customer_id`, who is about to own it).

    Raises NoSuchOrder. Read again under the lock, so what is decided on is what holds; an order that went to another
    customer while this one's lock was waited for is ChangedMeanwhile (CU-3).
    """
    key = order_key(number)
    owner = Order.objects.filter(pk=key, customer__isnull=False).values_list("customer_id", flat=True)
    held = lock_customers(owner if customer_id is None else [customer_id, *filter(None, owner)])
    rows = Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    order = rows.filter(pk=key).first()
    if order is None:
        raise NoSuchOrder
    if order.customer_id is not None and order.customer_id not in held:
        raise ChangedMeanwhile
    return order


def lock_customers(keys: Any) -> set[int]:
    """Rows of one table are locked by primary key. A query of keys is asked in the same statement."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys)
    return set(rows.order_by("pk").values_list("pk", flat=True))


def order_key(number: str) -> int:
    """`number` as the primary key. Raises NoSuchOrder for what cannot be one."""
    text = str(number)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NoSuchOrder
    return int(text)
