"""Points of many facts for many customers, in set-based SQL: what a loop of `earn` would write (PT-4, PT-7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from loyalty_site.kernel.arrays import numbers, texts
from loyalty_site.kernel.transactions import requires_transaction
from points.models import Lot
from points.services.errors import FactTaken
from points.services.inputs import checked_amount

FACT_ONCE = "points_lot_fact_once"


class BulkEarning(NamedTuple):
    """One lot of `kind` (`Lot.Kind`) for one customer, under a fact of its own. A tuple: there are many of them."""

    customer_id: int
    amount: int
    kind: str
    fact: str
    order_ref: str = ""
    reason: str = ""


@requires_transaction
def earn_for_many(
    *, earnings: Sequence[BulkEarning], available_from: datetime, expires_at: datetime, now: datetime
) -> int:
    """Each earning in a lot of its own, in their order, debt paid first. Returns how many are new.

    A fact that stands already is passed over; with another customer, amount, kind or order it raises FactTaken.
    Accounts are locked by key. Two statements when all are new, five when some are not.
    """
    chosen = _each_once(earnings)
    if not chosen:
        return 0
    values = {**_columns(chosen), "available_from": available_from, "expires_at": expires_at, "now": now}
    _ask(OPEN_ACCOUNTS, values)
    try:
        with transaction.atomic():
            return int(_ask(EARN, values)[0][0])
    except IntegrityError as error:
        if not _is_repeat(error):
            raise
    return _earn_what_is_new(chosen, values)


def _each_once(earnings: Sequence[BulkEarning]) -> list[BulkEarning]:
    chosen: dict[str, BulkEarning] = {}
    for earning in earnings:
        checked_amount(earning.amount)
        first = chosen.setdefault(earning.fact, earning)
        if first is not earning and _values(first) != _values(earning):
            raise FactTaken
    return list(chosen.values())


def _values(earning: BulkEarning) -> tuple[object, ...]:
    """What the same fact must have in common to be the same; its reason may be put otherwise."""
    return earning.customer_id, earning.amount, earning.kind, earning.order_ref


def _columns(earnings: Sequence[BulkEarning]) -> dict[str, Any]:
    customers, amounts, kinds, facts, order_refs, reasons = zip(*earnings, strict=True)
    for kind in set(kinds):
        Lot.Kind(kind)
    return {
        "customers": numbers(customers),
        "amounts": numbers(amounts),
        "kinds": texts(kinds),
        "facts": texts(facts),
        "order_refs": texts(order_refs),
        "reasons": texts(reason[:200] for reason in reasons),
    }


def _is_repeat(error: IntegrityError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == FACT_ONCE


def _earn_what_is_new(earnings: Sequence[BulkEarning], values: dict[str, Any]) -> int:
    """Facts are looked up once the accounts are held: nobody can add one to them any more."""
    _ask(LOCK_ACCOUNTS, values)
    standing = {fact: tuple(rest) for fact, *rest in _ask(STANDING, values)}
    if any(standing.get(earning.fact, _values(earning)) != _values(earning) for earning in earnings):
        raise FactTaken
    new = [earning for earning in earnings if earning.fact not in standing]
    if not new:
        return 0
    try:
        return int(_ask(EARN, values | _columns(new))[0][0])
    except IntegrityError as error:
        # Somebody is giving it to another customer at this very moment.
        if _is_repeat(error):
            raise FactTaken from None
        raise


def _ask(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


# Accounts are opened before any is locked: who holds some and waits for another's new one makes a deadlock.
OPEN_ACCOUNTS = """
INSERT INTO points_pointsaccount (customer_id, debt, opened_at)
SELECT DISTINCT id, 0, %(now)s FROM unnest(%(customers)s::bigint[]) AS asked (id)
WHERE id NOT IN (SELECT customer_id FROM points_pointsaccount WHERE customer_id = ANY(%(customers)s::bigint[]))
ORDER BY id
ON CONFLICT (customer_id) DO NOTHING
"""

LOCK_ACCOUNTS = """
SELECT count(*) FROM (
    SELECT FROM points_pointsaccount
    WHERE customer_id = ANY(%(customers)s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE) held
"""

# The lock and what is decided under it in one statement: a row that had to be waited for is read as its last holder
# left it, and nothing else is read but the unique index, which knows every fact. Of a debt each lot of an account pays
# what those before it have left.
EARN = """
WITH held AS MATERIALIZED (
    SELECT customer_id, debt FROM points_pointsaccount
    WHERE customer_id = ANY(%(customers)s::bigint[]) ORDER BY customer_id FOR NO KEY UPDATE
), asked AS MATERIALIZED (
    SELECT * FROM unnest(%(customers)s::bigint[], %(amounts)s::bigint[], %(kinds)s::text[], %(facts)s::text[],
                         %(order_refs)s::text[], %(reasons)s::text[])
        WITH ORDINALITY AS asked (customer_id, amount, kind, fact, order_ref, reason, position)
), made AS (
    INSERT INTO points_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT customer_id, kind, amount, amount - LEAST(GREATEST(debt - before, 0), amount), %(available_from)s,
           %(expires_at)s, fact, order_ref
    FROM (SELECT asked.*, held.debt, sum(amount) OVER (PARTITION BY customer_id ORDER BY position) - amount AS before
          FROM asked JOIN held USING (customer_id)) line
    ORDER BY position
    RETURNING id, account_id, amount, amount - remaining AS paid, fact, order_ref
), settled AS (
    UPDATE points_pointsaccount a SET debt = a.debt - d.paid
    FROM (SELECT account_id, sum(paid) AS paid FROM made WHERE paid > 0 GROUP BY account_id) d
    WHERE a.customer_id = d.account_id
), posted AS (
    INSERT INTO points_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
    SELECT made.account_id, CASE WHEN line.part < 3 THEN made.id END,
           CASE line.part WHEN 1 THEN 'earn' ELSE 'debt' END,
           CASE line.part WHEN 1 THEN made.amount WHEN 2 THEN -made.paid ELSE made.paid END,
           made.fact, line.part, made.order_ref, asked.reason, %(now)s
    FROM made JOIN asked USING (fact) JOIN (VALUES (1), (2), (3)) AS line (part) ON line.part = 1 OR made.paid > 0
    ORDER BY made.id, line.part
)
SELECT count(*) FROM made
"""

STANDING = """
SELECT fact, account_id, amount, kind, order_ref FROM points_lot WHERE fact = ANY(%(facts)s::text[])
"""
