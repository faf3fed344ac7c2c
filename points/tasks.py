"""Work of the worker on points: each chunk in a transaction of its own."""

from datetime import date
from functools import partial

from celery import shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from points.models import SegmentGrant
from points.queries import due_occasions
from points.services import expire_due, give_chunk, grant_chunk, queue_expiry_notices


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


@shared_task
def give_holiday_bonuses() -> int:
    """Everything that is due for birthdays and holidays, what was missed too. Returns how many customers got points.

    Run again, twice at once or after days, it gives what is left to give.
    """
    return sum(_given(occasion_id, day) for occasion_id, day in due_occasions(now=timezone.now()))


def _given(occasion_id: int, day: date) -> int:
    customers, after = 0, 0
    while True:
        now = timezone.now()
        given = in_transaction(partial(give_chunk, occasion_id=occasion_id, day=day, now=now, after=after))
        if given is None or given.last_id is None:
            return customers + (given.customers if given else 0)
        customers, after = customers + given.customers, given.last_id
