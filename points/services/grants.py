"""The same points for many customers, in chunks of set-based SQL (PT-5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connection, transaction
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


@dataclass(frozen=True)
class Beside:
    """Rows written in the very statement that gives: `ctes` are INSERTs of our own, each a CTE, out of `made`.

    `made` has the lots' `id`, `account_id` and `fact`, nobody else's.
    """

    ctes: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


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
    beside: Beside = Beside(),
) -> Granted:
    """One lot to each of the next `limit` of `customers` by key, each once under `FACT:customer:KEY`.

    Call it again with `after`, each time in a transaction of its own. Customers who have it already are passed
    over; with another amount or kind under the same fact it raises FactTaken.
    """
    checked_amount(amount)
    last_id, keys = _chosen(customers.filter(pk__gt=after).order_by("pk").values("pk")[:limit], now)
    if last_id is None:
        return Granted(0, None)
    values: dict[str, Any] = {
        "customers": keys,
        "amount": amount,
        "kind": Lot.Kind(kind).value,
        "fact": fact,
        "available_from": available_from,
        "expires_at": expires_at,
        "reason": reason[:200],
        "author": by.pk if by else None,
        "now": now,
        **beside.params,
    }
    return Granted(_grant(values, beside.ctes), last_id)


def _chosen(customers: QuerySet[Customer, Any], now: datetime) -> Sequence[Any]:
    """The last of the keys, and all of them as text: they go back as they came. Everybody has an account then."""
    try:
        sql, params = customers.query.sql_with_params()
    except EmptyResultSet:
        return None, ""
    postgres: Any = connection.ops
    chosen = postgres.compose_sql(sql, params).replace("%", "%%")
    return _ask(CHOOSE.format(chosen=chosen), {"now": now})


def _grant(values: dict[str, Any], beside: str) -> int:
    """How many were given points. Most chunks are new as a whole, so the facts already granted are looked up only
    when the unique index met one."""
    try:
        with transaction.atomic():
            return int(_ask(GRANT.format(conflict="", beside=beside), values)[0])
    except IntegrityError:
        _ask(LOCK_ACCOUNTS, values)
        if _ask(GRANTED_OTHERWISE, values)[0]:
            raise FactTaken from None
        return int(_ask(GRANT.format(conflict="ON CONFLICT (fact) DO NOTHING", beside=beside), values)[0])


def _ask(sql: str, values: dict[str, Any]) -> Sequence[Any]:
    """The one row of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: Sequence[Any] = cursor.fetchone()
        return row


# Accounts are opened before any is locked: who holds some and waits for another's new one makes a deadlock.
# An array rather than a join: each account is looked up by its index, however many there are.
CHOOSE = """
WITH chosen (id) AS MATERIALIZED ({chosen}), opened AS (
    INSERT INTO points_pointsaccount (customer_id, debt, opened_at)
    SELECT id, 0, %(now)s FROM chosen
    WHERE id NOT IN (SELECT customer_id FROM points_pointsaccount WHERE customer_id = ANY(ARRAY(SELECT id FROM chosen)))
    ORDER BY id
    ON CONFLICT (customer_id) DO NOTHING
)
SELECT max(id), array_agg(id)::text FROM chosen
"""

LOCK_ACCOUNTS = """
SELECT count(*) FROM (
    SELECT FROM points_pointsaccount
    WHERE customer_id = ANY(%(customers)s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE) held
"""

# The lock and what is decided under it in one statement: a row that had to be waited for is read as its last holder
# left it, and nothing else is read but the unique index, which knows every fact.
GRANT = """
WITH held AS (
    SELECT customer_id, debt FROM points_pointsaccount
    WHERE customer_id = ANY(%(customers)s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE
), made AS (
    INSERT INTO points_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT customer_id, %(kind)s, %(amount)s, %(amount)s - LEAST(debt, %(amount)s), %(available_from)s, %(expires_at)s,
           %(fact)s || ':customer:' || customer_id, ''
    FROM held {conflict}
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
){beside}
SELECT count(*) FROM made
"""

# An array rather than a join: each fact is looked up by its index, however many lots there are.
GRANTED_OTHERWISE = """
SELECT count(*) FROM points_lot
WHERE fact = ANY(ARRAY(
    SELECT %(fact)s || ':customer:' || asked.id FROM unnest(%(customers)s::bigint[]) AS asked (id)))
  AND (amount <> %(amount)s OR kind <> %(kind)s)
"""
