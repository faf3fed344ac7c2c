"""Completing: the goods are with the customer."""

from datetime import datetime

from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order
from orders.rules import Action, next_status
from orders.services.locking import locked_order


@requires_transaction
def complete_order(*, number: str, now: datetime) -> Order:
    """Raises NoSuchOrder, WrongState."""
    order = locked_order(number)
    order.status = next_status(order.status, Action.COMPLETE)
    order.completed_at = now
    order.save(update_fields=["status", "completed_at"])
    return order
