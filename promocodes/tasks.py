"""Work of the worker on promo codes: each task opens transactions around one service call."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import IntegrityError, connection
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from promocodes.mail import send_budget_warning
from promocodes.models import Batch
from promocodes.services.budget_warnings import claim_budget_warnings, return_budget_warnings
from promocodes.services.filling import fill_chunk
from promocodes.services.quotes import add_tallies
from promocodes.tallies import forget_tallies, take_tallies

log = logging.getLogger(__name__)

# The first key of the advisory locks that keep two workers off one batch.
FILLING = 7201
COLLISIONS = 100


@shared_task
def fill_batch(*, batch_id: int) -> None:
    """Make the codes of a batch that are not made yet. Another worker at the same batch: nothing to do."""
    with _alone_at(batch_id) as is_alone:
        if is_alone:
            _fill(batch_id)


@shared_task
def continue_batches() -> None:
    """Take up batches whose worker died or was never told (every minute)."""
    unfinished = Batch.objects.filter(finished_at=None).order_by("pk")
    for batch_id in unfinished.values_list("pk", flat=True)[:100]:
        fill_batch.delay(batch_id=batch_id)


@shared_task
def roll_up_quotes() -> None:
    """Move counted quotes from Redis to the daily tallies, each heap once (every minute)."""
    for name, tallies in take_tallies().items():
        in_transaction(lambda name=name, tallies=tallies: add_tallies(name=name, tallies=tallies, now=timezone.now()))
        forget_tallies(name)


@shared_task
def warn_of_spent_budgets() -> None:
    """Tell staff of campaigns at 80 % and 100 % of their budget, once each (every five minutes)."""
    unsent = []
    for warning in in_transaction(lambda: claim_budget_warnings(now=timezone.now())):
        try:
            send_budget_warning(warning)
        except OSError:
            log.warning("budget_warning_not_sent", extra={"campaign": warning.campaign_id})
            unsent.append(warning)
    if unsent:
        in_transaction(lambda: return_budget_warnings(warnings=unsent, now=timezone.now()))


def _fill(batch_id: int) -> None:
    collisions = 0
    while True:
        try:
            batch = in_transaction(lambda: fill_chunk(batch_id=batch_id, now=timezone.now()))
        except IntegrityError:
            # One of the drawn codes exists already. Rare beyond belief, so often in a row means something else.
            collisions += 1
            if collisions > COLLISIONS:
                raise
            continue
        if batch.finished_at:
            log.info("batch_filled", extra={"batch": batch_id, "count": batch.count})
            return


@contextmanager
def _alone_at(batch_id: int) -> Iterator[bool]:
    """True inside when no other session fills this batch. A dead worker's lock goes with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [FILLING, batch_id])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [FILLING, batch_id])
