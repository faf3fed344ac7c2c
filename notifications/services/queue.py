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
        cursor.execute(
            # `select` is a constant of the calling app; values go in as parameters.
            f"""
            INSERT INTO notifications_outboxmessage (key, customer_id, payload, kind, created_at, next_try_at, attempts,
                                                     skip_reason, error, error_code)
            SELECT due.*, %(kind)s, %(now)s, %(now)s, 0, '', '', '' FROM ({select}) due
            ON CONFLICT (key) DO NOTHING
            """,  # noqa: S608
            {**params, "kind": kind, "now": now},
        )
        return int(cursor.rowcount)
