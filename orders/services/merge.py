"""Two customers become one: orders and baskets follow (CU-3)."""

from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Merge
from customers.services.merge_rows import moved
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def merge_orders(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """Orders keep every amount, so that each refund works as before. The caller holds both customers."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [merge.absorbed_id])
        count, total = cursor.fetchone()
    moved(merge, "orders_order")
    baskets = moved(merge, "orders_basket")
    return {"part": "orders", "count": count, "amount": f"{total:.2f}", "baskets": baskets} if count + baskets else None


LOCK = """
SELECT count(*), COALESCE(sum(total), 0) FROM (
    SELECT total FROM orders_order WHERE customer_id = %s ORDER BY id FOR NO KEY UPDATE) held
"""
