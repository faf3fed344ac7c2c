"""Work of the worker on referrals: each chunk in a transaction of its own."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from referrals.services import Noted, check_pending, note_missing_contacts, pay_due

CHUNK = 1_000


@shared_task
def pay_referrals() -> int:
    """Pay all that is due (every minute). Returns how many rewards. Several at it share the work."""
    now, paid, left = timezone.now(), 0, True
    while left:
        chunk = in_transaction(lambda: pay_due(now=now))
        paid, left = paid + chunk.paid, chunk.left
    return paid


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
