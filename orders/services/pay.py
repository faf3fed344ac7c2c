"""Paying (O-5): the order is paid once, however often the payment is reported."""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from customers.services import record_purchase
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order, Payment
from orders.rules import Action, next_status
from orders.services.errors import AmountMismatch, PaymentTaken
from orders.services.locking import locked_order
from orders.services.rewards import reward_purchase


@requires_transaction
def pay_order(*, number: str, amount: Decimal, provider: str, payment_id: str, now: datetime, payer: str = "") -> Order:
    """The order paid in full by one payment, with all that a purchase brings (O-5). The same payment reported again
    changes nothing. `payer` is the acquirer's fingerprint of the card or account, the same for the same payer (R-5).

    Raises NoSuchOrder, AmountMismatch, PaymentTaken (the payment paid another order) and WrongState.
    """
    order = locked_order(number)
    if amount != order.total:
        raise AmountMismatch(expected=order.total, got=amount)
    if order.status != Order.Status.NEW and _is_repeat(order, provider, payment_id):
        return order
    order.status = next_status(order.status, Action.PAY)
    order.paid_at = now
    # Refusals come before the first write: a webhook that is refused is kept in the same transaction.
    _record_payment(order, provider, payment_id, payer, now)
    order.save(update_fields=["status", "paid_at"])
    purchase = record_purchase(
        customer_id=order.customer_id,
        ref=order.ref,
        channel=order.channel,
        goods_amount=order.total - order.delivery_total,
        discount_amount=order.discount_total,
        now=now,
    )
    reward_purchase(order=order, is_first=purchase.is_first, payer=payer, now=now)
    return order


def _is_repeat(order: Order, provider: str, payment_id: str) -> bool:
    """The order was paid by this very payment. Raises PaymentTaken when another was."""
    earlier = Payment.objects.filter(provider=provider, payment_id=payment_id).first()
    if earlier is not None and earlier.order_id != order.pk:
        raise PaymentTaken(field="payment_id")
    return earlier is not None


def _record_payment(order: Order, provider: str, payment_id: str, payer: str, now: datetime) -> None:
    """One payment reported for two orders at once: the unique constraint lets one in."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [order.pk, provider, payment_id, payer[:128], order.total, now])
        if not cursor.rowcount:
            raise PaymentTaken(field="payment_id")


RECORD = """
INSERT INTO orders_payment (order_id, provider, payment_id, payer, amount, paid_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
