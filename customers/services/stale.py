"""Customers whose rule segments are to be worked out again at once (CU-8, ADR 13)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def mark_stale(*, customer_ids: Sequence[int], now: datetime) -> None:
    """Something that a rule may ask about has changed: the worker looks at them soon. One statement.

    A row that is there gets the new moment, so that who is looking at it now does not strike it out.
    """
    if not customer_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"ids": sorted(set(customer_ids)), "now": now})
    nudge()


def nudge() -> None:
    """The worker is told after the commit. A broker that is down is no reason to fail: a sweep comes every minute."""
    transaction.on_commit(_tell, robust=True)


def _tell() -> None:
    from customers.tasks import refresh_stale_customers

    refresh_stale_customers.delay()


MARK = """
INSERT INTO customers_stalecustomer (customer_id, since)
SELECT id, %(now)s FROM unnest(%(ids)s::bigint[]) AS id
ON CONFLICT (customer_id) DO UPDATE SET since = EXCLUDED.since
"""
