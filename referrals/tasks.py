"""Work of the worker on referrals: each chunk in a transaction of its own."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from referrals.services import pay_due


@shared_task
def pay_referrals() -> int:
    """Pay all that is due (every minute). Returns how many rewards. Several at it share the work."""
    now, paid, left = timezone.now(), 0, True
    while left:
        chunk = in_transaction(lambda: pay_due(now=now))
        paid, left = paid + chunk.paid, chunk.left
    return paid
