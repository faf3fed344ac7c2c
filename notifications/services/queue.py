"""Queueing: the message is a row, written with the change that it tells of (N-4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def queue_messages(*, kind: str, select: str, params: Mapping[str, Any], now: datetime) -> int:
    """Queue the rows (key, customer id, JSON payload) that `select` finds, each key once for ever.

    `select` is SQL of our own with named `params`; `kind` and `now` are taken. Returns how many were new.
    """
    with connection.cursor() as cursor:
        values = {**params, "kind": kind, "now": now, **message_params(kind=kind, now=now)}
        cursor.execute(messages_insert(select), values)
        return int(cursor.rowcount)


def messages_insert(select: str) -> str:
    """The INSERT of what `select` finds, for who writes other rows in the same statement; with `message_params`."""
    # `select` is a constant of the calling app; values go in as parameters.
    return f"""
        INSERT INTO notifications_outboxmessage (key, customer_id, payload, kind, created_at, next_try_at, attempts,
                                                 skip_reason, error, error_code)
        SELECT due.*, %(message_kind)s, %(message_now)s, %(message_due)s, 0, '', '', '' FROM ({select}) due
        ON CONFLICT (key) DO NOTHING
        """  # noqa: S608


def message_params(*, kind: str, now: datetime, due_at: datetime | None = None) -> dict[str, Any]:
    """`due_at`: not to be sent before, where it is not to go out in the middle of the night."""
    return {"message_kind": kind, "message_now": now, "message_due": due_at or now}
