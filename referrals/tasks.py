"""Work of the worker on referrals: each chunk in a transaction of its own."""

from datetime import datetime

import structlog
from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from referrals.queries import DuePlace, due_places
from referrals.services import Noted, PaidOut, check_pending, note_missing_contacts, pay_due, pay_one

log = structlog.get_logger(__name__)

CHUNK, PAY_CHUNK = 1_000, 2_000


@shared_task
def pay_referrals() -> int:
    """Pay all that is due (every minute). Returns how many rewards. Several at it share the work.

    What cannot be paid stays pending, is tried again the next time and holds up nothing else.
    """
    now, paid, chunk = timezone.now(), 0, PaidOut(0, 0, left=True)
    while chunk.left:
        chunk = _pay_chunk(now, chunk.last)
        paid += chunk.paid
    return paid


def _pay_chunk(now: datetime, after: DuePlace | None) -> PaidOut:
    try:
        return in_transaction(lambda: pay_due(now=now, limit=PAY_CHUNK, after=after))
    except Exception as error:
        log.warning("referral_chunk_failed", error=type(error).__name__)
    # Outside of the handler: a database that is away fails the task, which comes again in a minute.
    places = due_places(now=now, after=after, limit=PAY_CHUNK)
    paid = sum(_pay_alone(place.reward_id, now) for place in places)
    return PaidOut(paid, len(places) - paid, left=len(places) == PAY_CHUNK, last=places[-1] if places else after)


def _pay_alone(reward_id: int, now: datetime) -> int:
    try:
        return in_transaction(lambda: pay_one(reward_id=reward_id, now=now))
    except Exception as error:
        log.error("referral_reward_not_paid", reward=reward_id, error=type(error).__name__)
        return 0


@shared_task
def check_referrals() -> int:
    """Judge what was earned since the last time, so that staff see the suspicious early. Returns how many rewards."""
    now, checked = timezone.now(), 0
    while chunk := in_transaction(lambda: check_pending(now=now, limit=CHUNK)):
        checked += chunk
    return checked


@shared_task
def note_missing_traits() -> int:
    """Mailboxes and phones of customers who were imported. Returns how many customers."""
    now, count = timezone.now(), 0
    last_id: int | None = 0
    while last_id is not None:
        chunk = _note_missing(now, last_id)
        count, last_id = count + chunk.count, chunk.last_id
    return count


def _note_missing(now: datetime, after: int) -> Noted:
    return in_transaction(lambda: note_missing_contacts(now=now, after=after, limit=CHUNK))
