"""The history of purchases, one list whatever the channel (CU-5)."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F

from customers.models import Purchase
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def record_purchase(
    *,
    customer_id: int | None,
    ref: str,
    channel: str,
    goods_amount: Decimal,
    discount_amount: Decimal,
    now: datetime,
) -> Purchase:
    """One row per order, exactly once by `ref`. The caller holds the customer's row.

    `goods_amount` is what was paid for goods. The first kept purchase of a customer is marked.
    """
    is_first = customer_id is not None and not Purchase.objects.filter(customer=customer_id, is_first=True).exists()
    return Purchase.objects.create(
        customer_id=customer_id,
        ref=ref,
        channel=channel,
        paid_at=now,
        goods_amount=goods_amount,
        discount_amount=discount_amount,
        is_first=is_first,
    )


@requires_transaction
def record_refund(*, ref: str, amount: Decimal, is_whole: bool) -> None:
    """`amount` of goods went back. A purchase given back whole is no first purchase: the next one may be (O-7)."""
    changes = {"refunded_amount": F("refunded_amount") + amount}
    Purchase.objects.filter(ref=ref).update(**changes, **({"is_first": False} if is_whole else {}))
