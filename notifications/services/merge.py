"""Two customers become one: messages follow (CU-3)."""

from datetime import datetime
from typing import Any

from customers.models import Merge
from customers.services.merge_rows import moved
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def merge_messages(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """Sent ones are the survivor's history, waiting ones are sent to him. The caller holds both customers."""
    count = moved(merge, "notifications_outboxmessage")
    return {"part": "messages", "count": count} if count else None
