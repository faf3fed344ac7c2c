"""The history of purchases, one list whatever the channel (CU-5)."""

from datetime import datetime
from decimal import Decimal

from django.db import connection
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
    """One row per order, exactly once by `ref`, in one statement. The caller holds the customer's row.

    `goods_amount` is what was paid for goods. The first kept purchase of a customer is marked.
    """
    values = {
        "customer": customer_id,
        "ref": ref,
        "channel": channel,
        "paid_at": now,
        "goods": goods_amount,
        "discount": discount_amount,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        key, is_first = cursor.fetchone()
    return Purchase(
        pk=key,
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


RECORD = """
INSERT INTO customers_purchase
    (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first)
SELECT %(customer)s, %(ref)s, %(channel)s, %(paid_at)s, %(goods)s, %(discount)s, 0,
       %(customer)s::bigint IS NOT NULL
       AND NOT EXISTS (SELECT FROM customers_purchase p WHERE p.customer_id = %(customer)s AND p.is_first)
RETURNING id, is_first
"""
