"""How a message stands, for people."""

from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from notifications.models import OutboxMessage


class State(StrEnum):
    """Derived, never stored; `SENDING`: a worker has it in hand, or had and was killed."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


def state_of(message: OutboxMessage, *, now: datetime) -> State:
    if message.sent_at:
        return State.SENT
    if message.skipped_at:
        return State.SKIPPED
    if message.failed_at:
        return State.FAILED
    has_it_in_hand = message.claimed_at is not None and message.next_try_at is not None and message.next_try_at > now
    return State.SENDING if has_it_in_hand else State.WAITING


def in_state(state: str, *, now: datetime) -> Q:
    """The same as a condition; a test holds the two against each other. Nothing for an unknown word."""
    in_hand = Q(next_try_at__gt=now, claimed_at__isnull=False)
    conditions = {
        State.WAITING: Q(next_try_at__isnull=False) & ~in_hand,
        State.SENDING: in_hand,
        State.SENT: Q(sent_at__isnull=False),
        State.SKIPPED: Q(skipped_at__isnull=False),
        State.FAILED: Q(failed_at__isnull=False),
    }
    return conditions.get(State(state), Q()) if state in list(State) else Q()
