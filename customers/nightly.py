"""The nightly reckoning of RFM, each step in a transaction of its own (CU-7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import OperationalError, connection
from django.utils import timezone

from customers.models import RfmRun
from customers.services import rfm_run
from loyalty_site.kernel.transactions import in_transaction

log = logging.getLogger(__name__)

# The key of the advisory lock that keeps two workers off one night.
RECKONING = 7301
LATE_TOGETHER = 500


def reckon_rfm_day(day: date, *, again: bool = False, limit: int = rfm_run.CHUNK) -> RfmRun | None:
    """The run of this day, to its end, `again` if it is done; None when another worker is at it. Raises RfmDayPast."""
    with _alone() as is_alone:
        if not is_alone:
            return None
        run = in_transaction(lambda: rfm_run.begin_rfm_run(now=timezone.now(), day=day, again=again))
        while run.finished_at is None:
            run = _next_chunk(run, limit)
    _forget_figures()
    return run


def _next_chunk(run: RfmRun, limit: int) -> RfmRun:
    chunk = in_transaction(lambda: rfm_run.reckon_rfm_chunk(run_id=run.pk, now=timezone.now(), limit=limit))
    for start in range(0, len(chunk.late), LATE_TOGETHER):
        for key in _refreshed(run, chunk.late[start : start + LATE_TOGETHER]):
            _wait_for(run, key)
    return in_transaction(
        lambda: rfm_run.note_rfm_chunk(run_id=run.pk, last_id=chunk.last_id, now=timezone.now()),
    )


def _refreshed(run: RfmRun, keys: list[int], *, waits: bool = False) -> list[int]:
    return in_transaction(
        lambda: rfm_run.refresh_late(run_id=run.pk, customer_ids=keys, now=timezone.now(), waits=waits)
    )


def _wait_for(run: RfmRun, key: int) -> None:
    """By himself, so that nobody waits with us. Whoever holds him that long keeps his RFM himself."""
    try:
        _refreshed(run, [key], waits=True)
    except OperationalError:
        log.warning("rfm_left_to_next_night", extra={"customer": key})


def _forget_figures() -> None:
    """A backup that is reading them keeps them; the next run begins with forgetting them."""
    try:
        in_transaction(rfm_run.forget_rfm_figures)
    except OperationalError:
        log.info("rfm_figures_kept")


@contextmanager
def _alone() -> Iterator[bool]:
    """True inside when no other session reckons. A dead worker's lock goes with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RECKONING])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [RECKONING])
