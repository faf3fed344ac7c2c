"""PT-3: a customer's balance."""

from datetime import datetime

from django.db import connection

from points.rules import Balance, LotState, balance_of


def balance(customer_id: int | None, *, now: datetime) -> Balance:
    """One query; nothing for a stranger (None), and for a customer who never had points."""
    if customer_id is None:
        return Balance()
    with connection.cursor() as cursor:
        cursor.execute(LIVE_LOTS, [customer_id])
        rows = cursor.fetchall()
    debt = rows[0][0] if rows else 0
    return balance_of([LotState(*lot) for _debt, *lot in rows if lot[0] is not None], debt, now=now)


LIVE_LOTS = """
SELECT a.debt, l.id, l.remaining, l.available_from, l.expires_at
FROM points_pointsaccount a
LEFT JOIN points_lot l ON l.account_id = a.customer_id AND l.remaining > 0
WHERE a.customer_id = %s
"""
