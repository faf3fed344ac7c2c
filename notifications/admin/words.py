"""How the back office names messages and their states."""

from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.badges import badge
from notifications.models import OutboxMessage
from notifications.queries import State, state_of
from notifications.rules.kinds import KINDS, kind_name

__all__ = ["KINDS", "STATES", "kind_name", "state_badge", "why"]

STATES = {
    State.WAITING: (_("waits"), "info"),
    State.SENDING: (_("being sent"), "info"),
    State.SENT: (_("sent"), "good"),
    State.SKIPPED: (_("skipped"), ""),
    State.FAILED: (_("failed"), "bad"),
}


def state_badge(message: OutboxMessage, *, now: datetime) -> SafeString:
    text, colour = STATES[state_of(message, now=now)]
    return badge(colour, text)


def why(message: OutboxMessage) -> str:
    """Why it was skipped or failed, or what the last try met; empty when all is well."""
    if message.skipped_at:
        return str(message.get_skip_reason_display())
    if not message.error or message.sent_at:
        return ""
    answer = f" ({message.error_code})" if message.error_code else ""
    return f"{message.get_error_display()}{answer}"
