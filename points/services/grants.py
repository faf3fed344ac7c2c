"""The same points for many customers, in chunks of set-based SQL (PT-5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer, User
from loyalty_site.kernel.transactions import requires_transaction
from points.models import Lot
from points.services.errors import FactTaken
from points.services.inputs import checked_amount

CHUNK = 20_000


@dataclass(frozen=True)
class Granted:
    """`customers` were given points now; go on with `after=last_id` until it is None."""

    customers: int
    last_id: int | None


@requires_transaction
def grant_to_many(
    *,
    customers: QuerySet[Customer],
    amount: int,
    kind: str,
    fact: str,
    available_from: datetime,
    expires_at: datetime,
    now: datetime,
    reason: str = "",
    by: User | None = None,
    after: int = 0,
    limit: int = CHUNK,
) -> Granted:
    """One lot to each of the next `limit` of `customers` by key, each once under `FACT:customer:KEY`.

    Call it again with `after`, each time in a transaction of its own. Customers who have it already are passed
    over; with another amount or kind under the same fact it raises FactTaken.
    """
    checked_amount(amount)
    chosen = list(customers.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
    if not chosen:
        return Granted(0, None)
    values: dict[str, Any] = {
        "customers": chosen,
        "amount": amount,
        "kind": Lot.Kind(kind).value,
        "fact": fact,
        "available_from": available_from,
        "expires_at": expires_at,
        "reason": reason[:200],
        "author": by.pk if by else None,
        "now": now,
    }
    with connection.cursor() as cursor:
        # Opened before any is locked: who holds some accounts and waits for another's new one makes a deadlock.
        cursor.execute(OPEN_ACCOUNTS, values)
        cursor.execute(LOCK_ACCOUNTS, values)
        cursor.execute(GRANTED_BEFORE, values)
        before, otherwise = cursor.fetchone()
        if otherwise:
            raise FactTaken
        # Under the locks nobody else grants the same; looking first costs less than a conflict clause on each row.
        cursor.execute(GRANT.format(conflict="ON CONFLICT (fact) DO NOTHING" if before else ""), values)
        made = cursor.fetchone()[0]
    return Granted(made, chosen[-1])


LOCK_ACCOUNTS = """
SELECT count(*) FROM (
    SELECT FROM points_pointsaccount WHERE customer_id = ANY(%(customers)s) ORDER BY customer_id FOR NO KEY UPDATE) held
"""

OPEN_ACCOUNTS = """
INSERT INTO points_pointsaccount (customer_id, debt, opened_at)
SELECT asked.id, 0, %(now)s FROM unnest(%(customers)s::bigint[]) AS asked (id)
WHERE NOT EXISTS (SELECT FROM points_pointsaccount a WHERE a.customer_id = asked.id)
ORDER BY asked.id
ON CONFLICT (customer_id) DO NOTHING
"""

GRANT = """
WITH made AS (
    INSERT INTO points_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT customer_id, %(kind)s, %(amount)s, %(amount)s - LEAST(debt, %(amount)s), %(available_from)s, %(expires_at)s,
           %(fact)s || ':customer:' || customer_id, ''
    FROM points_pointsaccount WHERE customer_id = ANY(%(customers)s) ORDER BY customer_id
    {conflict}
    RETURNING id, account_id, fact, amount - remaining AS paid
), settled AS (
    UPDATE points_pointsaccount a SET debt = a.debt - made.paid
    FROM made WHERE a.customer_id = made.account_id AND made.paid > 0
), posted AS (
    INSERT INTO points_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, author_id, posted_at)
    SELECT account_id, id, 'earn', %(amount)s, fact, 1, '', %(reason)s, %(author)s::bigint, %(now)s FROM made
    UNION ALL
    SELECT account_id, CASE line.part WHEN 2 THEN id END, 'debt', line.sign * paid, fact, line.part, '', %(reason)s,
           %(author)s::bigint, %(now)s
    FROM made, (VALUES (-1, 2), (1, 3)) AS line (sign, part) WHERE paid > 0
)
SELECT count(*) FROM made
"""

# An array rather than a join: each fact is looked up by its index, however many lots there are.
GRANTED_BEFORE = """
SELECT count(*), count(*) FILTER (WHERE amount <> %(amount)s OR kind <> %(kind)s) FROM points_lot
WHERE fact = ANY(ARRAY(
    SELECT %(fact)s || ':customer:' || asked.id FROM unnest(%(customers)s::bigint[]) AS asked (id)))
"""
