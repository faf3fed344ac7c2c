"""The part on messages of a customer's page (CU-10)."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from notifications.admin import words
from notifications.models import OutboxMessage

SHOWN = 5


def customer_messages(request: HttpRequest, customer_id: int) -> list[dict[str, Any]] | None:
    """The last ones, for `notifications/admin/_customer.html`; None for those who may not look. One query."""
    if not request.user.has_perm("notifications.view_outboxmessage"):
        return None
    now = timezone.now()
    last = OutboxMessage.objects.filter(customer=customer_id).order_by("-pk")[:SHOWN]
    return [
        {
            "message": message,
            "kind": words.kind_name(message.kind),
            "badge": words.state_badge(message, now=now),
            "why": words.why(message),
        }
        for message in last
    ]
