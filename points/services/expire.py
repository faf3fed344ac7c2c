"""Expiry in chunks of set-based SQL: idempotent, and missed days are caught up by themselves (PT-6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction

CHUNK = 20_000


@dataclass(frozen=True)
class Expired:
    lots: int = 0
    points: int = 0


@requires_transaction
def expire_due(*, now: datetime, limit: int = CHUNK) -> Expired:
    """Expire what is left in lots that are due, of about `limit` lots; nothing left to do: `Expired(0, 0)`.

    Call it again, each time in a transaction of its own, until it returns no lots: accounts stay locked until
    the transaction ends.
    """
    postgres: Any = connection
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ACCOUNTS_OF_DUE, {"now": now, "limit": limit})
        accounts = [row[0] for row in cursor.fetchall()]
        if not accounts:
            return Expired()
        cursor.execute(_expiring(postgres.pg_version), {"now": now, "accounts": accounts})
        lots, points = cursor.fetchone()
    return Expired(lots, points)


def _expiring(version: int) -> str:
    """The statement for a server of `version` (180001 is 18.1)."""
    return EXPIRE.format(sweep=SWEEP if version >= POSTGRES_18 else SWEEP_BEFORE_18)


POSTGRES_18 = 180_000

# An array rather than IN (SELECT …): the accounts are looked up by their index, however many there are.
LOCK_ACCOUNTS_OF_DUE = """
SELECT customer_id FROM points_pointsaccount
WHERE customer_id = ANY(ARRAY(
    SELECT account_id FROM points_lot WHERE remaining > 0 AND expires_at <= %(now)s
    ORDER BY expires_at LIMIT %(limit)s))
ORDER BY customer_id FOR NO KEY UPDATE
"""

# What was left before the update: from PostgreSQL 18 on it is at hand, before that the table is joined with itself,
# which costs half as much again.
SWEEP = """
    UPDATE points_lot SET remaining = 0
    WHERE account_id = ANY(%(accounts)s) AND remaining > 0 AND expires_at <= %(now)s
    RETURNING id, account_id, old.remaining AS lost, expires_at
"""

SWEEP_BEFORE_18 = """
    UPDATE points_lot l SET remaining = 0
    FROM points_lot was
    WHERE was.id = l.id AND was.account_id = ANY(%(accounts)s) AND was.remaining > 0 AND was.expires_at <= %(now)s
    RETURNING l.id, l.account_id, was.remaining AS lost, l.expires_at
"""

# A statement of its own, so that it sees what the accounts' last holders did.
EXPIRE = """
WITH swept AS ({sweep}), posted AS (
    INSERT INTO points_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
    SELECT account_id, id, 'expire', -lost, 'expire:lot:' || id || ':' || (expires_at AT TIME ZONE 'UTC'),
           1, '', '', %(now)s
    FROM swept
)
SELECT count(*), COALESCE(sum(lost), 0) FROM swept
"""
