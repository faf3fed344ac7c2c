"""Cancelling what is not paid (O-1, O-6): the use of the code and the points come back (PC-12, O-7)."""

from datetime import datetime

import points.services
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order
from orders.rules import Action, next_status
from orders.services.locking import locked_order
from promocodes.services import release_redemption


@requires_transaction
def cancel_order(*, number: str, reason: str, now: datetime, by: str = "") -> Order:
    """Raises NoSuchOrder, WrongState. `reason` is kept for people; `by` names who, in words."""
    order = locked_order(number)
    order.status = next_status(order.status, Action.CANCEL)
    return _cancelled(order, f"{reason} ({by})" if by else reason, "cancelled", now)


@requires_transaction
def cancel_overdue(*, number: str, now: datetime) -> bool:
    """Cancels the order if it still waits for payment after its time (O-6). False when there was nothing to do.

    A row that somebody holds (a payment on its way in) is left for the next run.
    """
    rows = Order.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    order = rows.filter(pk=int(number), status=Order.Status.NEW, pay_until__lt=now).first()
    if order is None:
        return False
    order.status = next_status(order.status, Action.CANCEL)
    _cancelled(order, Order.CancelledBy.TIME, "unpaid", now)
    return True


@requires_transaction
def move_code(*, number: str, now: datetime) -> Order:
    """The unpaid order that holds the code is cancelled, and the code is free for another order (PC-18)."""
    order = locked_order(number)
    order.status = next_status(order.status, Action.CANCEL)
    return _cancelled(order, Order.CancelledBy.MOVE, "moved", now)


def _cancelled(order: Order, reason: str, release_reason: str, now: datetime) -> Order:
    order.cancelled_at = now
    order.cancel_reason = reason[:200]
    order.save(update_fields=["status", "cancelled_at", "cancel_reason"])
    if order.redemption_id is not None:
        release_redemption(order_ref=order.ref, reason=release_reason, now=now)
    if order.points_spent:
        points.services.return_spent(order_ref=order.ref, fact=f"return:cancel:{order.ref}", now=now)
    return order
