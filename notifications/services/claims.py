"""Taking messages to be sent: each by one worker at a time (N-4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from notifications.models import OutboxMessage
from notifications.rules import GIVE_BACK, LEASE, STALE_AFTER

CHUNK = 20
STALE_CHUNK = 5_000
STALE = OutboxMessage.SkipReason.STALE


@dataclass(frozen=True)
class Claimed:
    """A message in the hands of this worker until `claimed_at` + LEASE; `attempts` counts this one."""

    id: int
    key: str
    customer_id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    claimed_at: datetime


@requires_transaction
def claim_messages(*, kinds: Collection[str], now: datetime, limit: int = CHUNK) -> list[Claimed]:
    """Take up to `limit` due messages of `kinds`, those that waited longest first. One statement.

    What another worker is taking is passed by; what a dead one took is due again when its lease is over.
    """
    params = {"kinds": list(kinds), "now": now, "until": now + LEASE, "limit": limit}
    taken = OutboxMessage.objects.raw(CLAIM, params)
    found = [Claimed(m.pk, m.key, m.customer_id, m.kind, m.payload, m.attempts, now) for m in taken]
    return sorted(found, key=lambda message: message.id)


@requires_transaction
def give_back(*, claimed: Sequence[Claimed], now: datetime) -> int:
    """The mail server is away: their tries do not count, and they wait a little. One statement."""
    params: dict[str, Any] = {
        "ids": [message.id for message in claimed],
        "claimed_at": claimed[0].claimed_at if claimed else now,
        "later": now + GIVE_BACK,
        "error": OutboxMessage.Error.UNREACHABLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK_SQL, params)
        return int(cursor.rowcount)


@requires_transaction
def drop_stale(*, now: datetime, limit: int = STALE_CHUNK) -> int:
    """End what is too old to be sent: skipped, or failed if it had been tried. How many, at most `limit`."""
    params: dict[str, Any] = {"now": now, "old": now - STALE_AFTER, "limit": limit, "stale": STALE}
    with connection.cursor() as cursor:
        cursor.execute(DROP_STALE, params)
        return int(cursor.rowcount)


CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_outboxmessage
    WHERE next_try_at <= %(now)s AND kind = ANY(%(kinds)s)
    ORDER BY next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE notifications_outboxmessage m
SET attempts = m.attempts + 1, claimed_at = %(now)s, next_try_at = %(until)s
FROM due WHERE m.id = due.id
RETURNING m.*
"""

GIVE_BACK_SQL = """
UPDATE notifications_outboxmessage
SET attempts = attempts - 1, next_try_at = %(later)s, claimed_at = NULL, error = %(error)s, error_code = ''
WHERE id = ANY(%(ids)s) AND claimed_at = %(claimed_at)s AND next_try_at IS NOT NULL
"""

DROP_STALE = """
WITH old AS MATERIALIZED (
    SELECT id FROM notifications_outboxmessage
    WHERE next_try_at <= %(now)s AND COALESCE(asked_again_at, created_at) < %(old)s
    ORDER BY next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE notifications_outboxmessage m
SET next_try_at = NULL, claimed_at = NULL,
    skipped_at = CASE WHEN m.error = '' THEN %(now)s END,
    skip_reason = CASE WHEN m.error = '' THEN %(stale)s ELSE '' END,
    failed_at = CASE WHEN m.error <> '' THEN %(now)s END
FROM old WHERE m.id = old.id
"""
