"""Work of the worker on points: each chunk in a transaction of its own."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from points.services import expire_due, queue_expiry_notices


@shared_task
def expire_points() -> int:
    """Expire everything that is due, missed days too. Returns how many lots."""
    now, lots = timezone.now(), 0
    while (chunk := in_transaction(lambda: expire_due(now=now))).lots:
        lots += chunk.lots
    return lots


@shared_task
def tell_of_expiring_points() -> int:
    """Queue the notices of points that expire in 30 and in 7 days. Returns how many are new."""
    return in_transaction(lambda: queue_expiry_notices(now=timezone.now()))
