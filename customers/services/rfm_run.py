"""The night's reckoning of RFM, in steps that the worker takes one transaction each (CU-7, ADR 12).

One aggregate of all purchases goes into a table of its own, together with the version of the row that each customer
had at that moment; cut points are drawn from it. Then chunk by chunk the rows that differ are written. A row that is
no longer the one that was seen, because a payment came between, is left alone by its chunk and refreshed by itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, RfmMove, RfmRun, Segment
from customers.queries.programme import programme
from customers.services.rfm import GIVEN, write_rfm
from customers.services.rfm_sql import AGGREGATE, APPLY, CUT, FORGET, INDEX, INTACT, UPTO
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import requires_transaction

# Whoever pays meanwhile waits for the rest of one chunk at most: a tenth of a second.
CHUNK = 5_000


class RfmDayPast(DomainError):
    """A later day has been reckoned already: scores never go back."""

    code = "rfm_day_past"
    message = _("RFM has been reckoned for a later day already.")


@dataclass(frozen=True)
class Chunk:
    """`changed` rows were written. `late` customers have to be refreshed before `last_id` is noted as done."""

    last_id: int
    changed: int
    late: list[int]


@requires_transaction
def reckon_rfm(*, now: datetime, day: date | None = None, again: bool = False) -> RfmRun:
    """The whole run of `day` (the shop's present day) in the caller's transaction: for small shops and tests.

    Once a day: what is done is done, but `again` does it anew. Raises RfmDayPast.
    """
    run = begin_rfm_run(now=now, day=day, again=again)
    while run.finished_at is None:
        chunk = reckon_rfm_chunk(run_id=run.pk, now=now)
        refresh_late(run_id=run.pk, customer_ids=chunk.late, now=now)
        run = note_rfm_chunk(run_id=run.pk, last_id=chunk.last_id, now=now)
    return run


@requires_transaction
def begin_rfm_run(*, now: datetime, day: date | None = None, again: bool = False) -> RfmRun:
    """The run of this day, with its cut points: made, gone on with, or finished long ago. Raises RfmDayPast.

    `again`: a finished one begins anew, with the programme's present settings.
    """
    day = day or timezone.localdate(now)
    if RfmRun.objects.filter(day__gt=day).exists():
        raise RfmDayPast
    run = RfmRun.objects.select_for_update(no_key=True).filter(day=day).first()
    if run is not None and _is_begun(run, again):
        return run
    run = run or RfmRun(day=day)
    _aggregate(run, now)
    return run


@requires_transaction
def reckon_rfm_chunk(*, run_id: int, now: datetime, limit: int = CHUNK) -> Chunk:
    """Writes what differs among the next customers by key; payments are never waited for."""
    run = RfmRun.objects.select_for_update(no_key=True).get(pk=run_id)
    with connection.cursor() as cursor:
        cursor.execute(UPTO, {"after": run.last_customer_id, "limit": limit})
        (upto,) = cursor.fetchone()
        values = {
            **_of(run),
            "after": run.last_customer_id,
            "upto": upto,
            "now": now,
            "is_first_run": not RfmRun.objects.exclude(pk=run.pk).filter(finished_at__isnull=False).exists(),
        }
        cursor.execute(APPLY, values)
        changed, late = cursor.fetchone()
    return Chunk(last_id=upto, changed=changed, late=late)


@requires_transaction
def refresh_late(*, run_id: int, customer_ids: list[int], now: datetime, waits: bool = False) -> list[int]:
    """Refreshes those whose rows nobody holds, or with `waits` all of them. Gives who is left."""
    if not customer_ids:
        return []
    day = RfmRun.objects.values_list("day", flat=True).get(pk=run_id)
    free = Customer.objects.select_for_update(of=("self",), no_key=True, skip_locked=not waits)
    keys = list(free.filter(pk__in=customer_ids).order_by("pk").values_list("pk", flat=True))
    write_rfm(GIVEN, {"customers": keys}, cause=RfmMove.Cause.NIGHT, now=now, day=day)
    return sorted(set(customer_ids) - set(keys))


@requires_transaction
def note_rfm_chunk(*, run_id: int, last_id: int, now: datetime) -> RfmRun:
    """The chunk is done, and with the last one the run: then rules are worked out anew for everybody."""
    run = RfmRun.objects.select_for_update(no_key=True).get(pk=run_id)
    run.last_customer_id = max(run.last_customer_id, last_id)
    if last_id == EVERYBODY and run.finished_at is None:
        run.finished_at = now
        nightly = RfmMove.objects.filter(moved_at__gte=run.started_at, cause=RfmMove.Cause.NIGHT)
        run.moved_count = nightly.count()
        Segment.objects.filter(kind=Segment.Kind.RULE, archived_at__isnull=True).update(dirty_at=now)
    run.save(update_fields=["last_customer_id", "finished_at", "moved_count"])
    return run


@requires_transaction
def forget_rfm_figures() -> None:
    """The aggregate of a finished run is not needed any more."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)


# The last chunk reaches to the end of the keys: whoever came after the aggregate has no figures in it.
EVERYBODY = 2**63 - 1


def _is_begun(run: RfmRun, again: bool) -> bool:
    """It is only to be gone on with, if at all."""
    return not again if run.finished_at is not None else _is_intact(run)


def _aggregate(run: RfmRun, now: datetime) -> None:
    """Figures of everybody and their cut points; the run begins with the first customer."""
    chosen = programme()
    run.window_days, run.started_at, run.finished_at = chosen.rfm_window_days, now, None
    values = {**_of(run), "best": chosen.rfm_vip_percent / 100, "vip_from": chosen.rfm_vip_amount}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(FORGET)
        cursor.execute(AGGREGATE, values)
        cursor.execute(INDEX)
        cursor.execute(CUT, values)
        found = cursor.fetchone()
        cursor.execute("RESET work_mem")
    run.customers_count, run.recency_cuts, run.frequency_cuts, run.monetary_cuts, run.vip_from = found
    run.last_customer_id = 0
    run.save()


def _is_intact(run: RfmRun) -> bool:
    """The figures are not logged: a crash of the database takes them away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('customers_rfm_figures') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(INTACT)
        return bool(cursor.fetchone()[0] == run.customers_count)


def _of(run: RfmRun) -> dict[str, Any]:
    return {"day": run.day, "window_days": run.window_days, "zone": settings.TIME_ZONE}
