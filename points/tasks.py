"""Work of the worker on points: each chunk in a transaction of its own."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from points.models import SegmentGrant
from points.services import expire_due, grant_chunk, queue_expiry_notices


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


@shared_task
def carry_out_segment_grant(*, grant_id: int) -> None:
    """Give the points of a grant to everybody who has not got them yet. Another worker at it: nothing to do."""
    while True:
        grant = in_transaction(lambda: grant_chunk(grant_id=grant_id, now=timezone.now()))
        if grant is None or grant.starts_at is None or grant.finished_at is not None:
            return


@shared_task
def continue_segment_grants() -> None:
    """Take up grants whose worker died or was never told (every minute)."""
    unfinished = SegmentGrant.objects.filter(finished_at=None).exclude(starts_at=None).order_by("pk")
    for grant_id in unfinished.values_list("pk", flat=True)[:100]:
        carry_out_segment_grant.delay(grant_id=grant_id)
