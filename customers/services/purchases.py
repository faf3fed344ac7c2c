"""The history of purchases, one list whatever the channel (CU-5)."""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from customers.models import Purchase, RfmMove
from customers.services.rfm import write_rfm
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
    """One row per order, exactly once by `ref`, and where the customer lies on the RFM map after it: one statement.

    `goods_amount` is what was paid for goods. The first kept purchase of a customer is marked. The caller holds the
    customer's row.
    """
    values = {
        "customer": customer_id,
        "ref": ref,
        "channel": channel,
        "paid_at": now,
        "goods": goods_amount,
        "discount": discount_amount,
    }
    key, is_first = write_rfm(RECORDED, values, cause=RfmMove.Cause.PURCHASE, now=now)
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
def record_refund(*, ref: str, amount: Decimal, is_whole: bool, now: datetime) -> None:
    """`amount` of goods went back; the RFM of the buyer follows, in the same statement.

    A purchase given back whole is no first purchase: the next one may be (O-7). Of a customer who was two before, the
    other one's first purchase then is the first (CU-3). The caller holds the customer's row.
    """
    values = {"ref": ref, "amount": amount, "is_whole": is_whole}
    write_rfm(REFUNDED, values, cause=RfmMove.Cause.REFUND, now=now)
    if is_whole:
        with connection.cursor() as cursor:
            cursor.execute(FIRST_OF_THE_OTHER, [ref])


RECORDED = """
whom AS (SELECT %(customer)s::bigint AS id),
touched AS (
    INSERT INTO customers_purchase
        (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first, is_returned)
    SELECT %(customer)s, %(ref)s, %(channel)s, %(paid_at)s, %(goods)s, %(discount)s, 0,
           %(customer)s::bigint IS NOT NULL
           AND NOT EXISTS (SELECT FROM customers_purchase p WHERE p.customer_id = %(customer)s AND p.is_first), false
    RETURNING *
)"""

REFUNDED = """
touched AS (
    UPDATE customers_purchase
    SET refunded_amount = refunded_amount + %(amount)s, is_first = is_first AND NOT %(is_whole)s,
        is_returned = is_returned OR %(is_whole)s
    WHERE ref = %(ref)s RETURNING *
),
whom AS (SELECT customer_id AS id FROM touched)"""

FIRST_OF_THE_OTHER = """
UPDATE customers_purchase SET is_first = TRUE WHERE id = (
    SELECT p.id FROM customers_purchase back JOIN customers_purchase p ON p.customer_id = back.customer_id
    WHERE back.ref = %s AND (p.goods_amount = 0 OR p.refunded_amount < p.goods_amount)
      AND EXISTS (SELECT FROM customers_customer gone JOIN customers_merge m ON m.absorbed_id = gone.id
                  WHERE gone.merged_into_id = p.customer_id AND m.merged_at > p.paid_at)
      AND NOT EXISTS (SELECT FROM customers_purchase f WHERE f.customer_id = p.customer_id AND f.is_first)
    ORDER BY p.paid_at, p.id LIMIT 1)
"""
