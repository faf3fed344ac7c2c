"""Work of the worker on tiers: each chunk in a transaction of its own."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from tiers.services import Reviewed, queue_membership_reminders, review_chunk


@shared_task
def review_tiers() -> int:
    """The nightly review of all customers (T-2). Returns how many went up or down."""
    now, moved = timezone.now(), 0
    last_id: int | None = 0
    while last_id is not None:
        chunk = _review(now, last_id)
        moved, last_id = moved + chunk.up + chunk.down, chunk.last_id
    return moved


def _review(now: datetime, after: int) -> Reviewed:
    return in_transaction(lambda: review_chunk(now=now, after=after))


@shared_task
def remind_of_memberships() -> int:
    """Queue the reminders of memberships that end within a week. Returns how many are new."""
    return in_transaction(lambda: queue_membership_reminders(now=timezone.now()))
