"""Messages of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from notifications.models import OutboxMessage


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    count = OutboxMessage.objects.filter(customer=absorbed_id).count()
    return [{"part": "messages", "count": count}] if count else []
