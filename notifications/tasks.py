"""Work of the worker on messages: they are sent outside of any transaction (N-4).

A letter goes out at least once: a worker killed between the mail server's answer and its own note sends it again
under the same Message-ID. Nothing else sends one twice.
"""

import time
from collections.abc import Callable
from functools import partial

import structlog
from celery import shared_task
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from notifications.mail import MailServerAway, NotDelivered, email_of, message_id_of, open_mail, send
from notifications.models import OutboxMessage
from notifications.queries import addressee, known_kinds, language_of, letter_of
from notifications.rules import LEASE, MOST_ATTEMPTS
from notifications.services import (
    Claimed,
    claim_messages,
    drop_stale,
    fail_message,
    give_back,
    mark_sent,
    put_off,
    skip_message,
)

log = structlog.get_logger(__name__)

Error, SkipReason = OutboxMessage.Error, OutboxMessage.SkipReason
# Every minute another run begins: one that has much to do leaves the rest to it, and the workers to other tasks.
RUN_SECONDS = 45


@shared_task
def send_messages() -> int:
    """Send what is due (every minute). Returns how many letters went out."""
    sent, until = 0, time.monotonic() + RUN_SECONDS
    while in_transaction(lambda: drop_stale(now=timezone.now())):
        pass
    while time.monotonic() < until:
        claimed = in_transaction(lambda: claim_messages(kinds=known_kinds(), now=timezone.now()))
        if not claimed:
            break
        try:
            sent += _send_chunk(claimed)
        except MailServerAway as away:
            log.warning("mail_server_away", reason=str(away))
            break
    return sent


def _send_chunk(claimed: list[Claimed]) -> int:
    """Over one connection. When the mail server is away, what is left goes back and MailServerAway is raised."""
    left, sent = list(claimed), 0
    post = _Post()
    try:
        while left and timezone.now() < left[0].claimed_at + LEASE / 2:
            sent += _send_one(left[0], post)
            del left[0]
    except MailServerAway:
        in_transaction(lambda: give_back(claimed=left, now=timezone.now()))
        raise
    finally:
        post.close()
    return sent


class _Post:
    """The connection to the mail server, opened when the first letter needs it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    @property
    def connection(self) -> BaseEmailBackend:
        if self._connection is None:
            self._connection = open_mail()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _send_one(message: Claimed, post: _Post) -> bool:
    """Whether it went out. Whatever else becomes of it is written down. Raises MailServerAway."""
    if message.attempts > MOST_ATTEMPTS:
        return _noted(message, "failed", lambda: _failed(message, NotDelivered(Error.CUT_OFF)))
    try:
        reason = _deliver(message, post)
    except NotDelivered as refusal:
        if refusal.error is Error.UNREACHABLE:
            post.close()
        end = partial(_failed if refusal.for_good else _put_off, message, refusal)
        return _noted(message, refusal.error, end)
    if reason is not None:
        return _noted(message, reason, lambda: _skipped(message, reason))
    _noted(message, "sent", lambda: mark_sent(claimed=message, now=timezone.now()))
    return True


def _deliver(message: Claimed, post: _Post) -> OutboxMessage.SkipReason | None:
    """Ask for the address and the consent, write the letter, send it. Returns why not, if not (CU-2)."""
    whom = addressee(message.customer_id)
    if whom is None or not whom.email:
        return SkipReason.NO_ADDRESS
    if not whom.agreed:
        return SkipReason.NO_CONSENT
    language = language_of(whom.customer)
    message_id = message_id_of(pk=message.id, key=message.key)
    try:
        letter = letter_of(message.kind, message.payload, customer=whom.customer, now=timezone.now())
        mail = email_of(letter, to=whom.email, message_id=message_id, language=language) if letter else None
    except Exception as mistake:
        log.exception("letter_not_written", message_id=message.id, kind=message.kind)
        raise NotDelivered(Error.UNWRITTEN) from mistake
    if mail is None:
        return SkipReason.NOT_TRUE
    send(post.connection, mail)
    return None


def _failed(message: Claimed, refusal: NotDelivered) -> bool:
    return fail_message(claimed=message, error=refusal.error, error_code=refusal.code, now=timezone.now())


def _put_off(message: Claimed, refusal: NotDelivered) -> bool:
    return put_off(claimed=message, error=refusal.error, error_code=refusal.code, now=timezone.now())


def _skipped(message: Claimed, reason: OutboxMessage.SkipReason) -> bool:
    return skip_message(claimed=message, reason=reason, now=timezone.now())


def _noted(message: Claimed, outcome: str, write: Callable[[], bool]) -> bool:
    """Write it down in a transaction of its own and say so in the log, without the address. Always False."""
    in_transaction(write)
    log.info("message_done", message_id=message.id, kind=message.kind, outcome=str(outcome), tries=message.attempts)
    return False
