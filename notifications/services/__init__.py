"""Writes of messages: keyword-only, inside a transaction."""

from notifications.services.claims import Claimed, claim_messages, drop_stale, give_back
from notifications.services.merge import merge_messages
from notifications.services.outcomes import fail_message, mark_sent, put_off, skip_message
from notifications.services.queue import message_params, messages_insert, queue_messages
from notifications.services.resend import NotFailed, resend_message

__all__ = [
    "Claimed",
    "NotFailed",
    "claim_messages",
    "drop_stale",
    "fail_message",
    "give_back",
    "mark_sent",
    "merge_messages",
    "message_params",
    "messages_insert",
    "put_off",
    "queue_messages",
    "resend_message",
    "skip_message",
]
