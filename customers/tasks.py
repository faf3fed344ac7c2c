"""Work of the worker on customers: each chunk in a transaction of its own."""

from datetime import date, timedelta
from functools import partial

import structlog
from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from customers.erased_list import keep_list
from customers.imports import store
from customers.imports.work import carry_on
from customers.models import ImportRun, RfmRun, Segment
from customers.nightly import reckon_rfm_day
from customers.queries.erasure import due_erasures
from customers.queries.report import ReportFilter, keep_report
from customers.queries.rule_order import rules_in_order
from customers.services.duplicates import find_duplicates
from customers.services.erasure import erase_customer
from customers.services.imports import forget_import
from customers.services.refresh import refresh_chunk, refresh_stale
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import ChangedMeanwhile, in_transaction

log = structlog.get_logger(__name__)
ERASED_AT_ONCE = 500
# An upload may be on its way for long before its run is written.
STRAY_FOR = timedelta(days=1)


@shared_task
def forget_customers() -> int:
    """Everybody whose term to be forgotten is over, each in a transaction of his own; how many.

    One that fails is tried again the next time, and holds up nobody.
    """
    now, done = timezone.now(), 0
    for customer_id in due_erasures(now=now, limit=ERASED_AT_ONCE):
        try:
            in_transaction(partial(erase_customer, customer_id=customer_id, now=now))
        except (DatabaseError, DomainError, ChangedMeanwhile):
            log.exception("customer_not_forgotten", customer_id=customer_id)
            continue
        done += 1
    keep_list()
    return done


@shared_task
def refresh_stale_customers() -> int:
    """The rule segments of customers who have changed: told after each change, and every minute. Returns how many."""
    done = 0
    while seen := in_transaction(lambda: refresh_stale(now=timezone.now())):
        done += seen
    return done


@shared_task
def refresh_rule_segment(*, segment_id: int) -> None:
    """Everybody against one rule. A killed worker's part is done again with the next sweep."""
    now = timezone.now()
    chunk = in_transaction(lambda: refresh_chunk(segment_id=segment_id, now=now))
    while chunk.last_id is not None:
        before = chunk
        chunk = in_transaction(partial(refresh_chunk, segment_id=segment_id, before=before, now=now))


@shared_task
def refresh_changed_rules() -> None:
    """Rules that were saved, and not yet worked out (every minute)."""
    dirty = Segment.objects.filter(kind=Segment.Kind.RULE, archived_at=None, dirty_at__isnull=False)
    for segment_id in dirty.order_by("pk").values_list("pk", flat=True):
        refresh_rule_segment(segment_id=segment_id)


@shared_task
def refresh_rule_segments() -> None:
    """All rules: what changes by itself, as days go by (hourly). Those asked for by others come first."""
    for segment_id in rules_in_order():
        refresh_rule_segment(segment_id=segment_id)


@shared_task
def carry_on_import(*, run_id: int) -> None:
    """Check, import, finish or take back what the run says is to be done."""
    carry_on(run_id)


@shared_task
def carry_on_imports() -> None:
    """Take up imports whose worker died or was never told (every minute)."""
    for run_id in ImportRun.objects.filter(state__in=ImportRun.BUSY).order_by("pk").values_list("pk", flat=True):
        # Each by itself: one that stumbles must not keep the others waiting.
        carry_on_import.delay(run_id=run_id)


@shared_task
def forget_old_imports() -> None:
    """Files, staged rows and what was changed go after their days: they hold personal data (hourly).

    So do files of an upload that was cut off, or of a worker killed while he removed them.
    """
    now = timezone.now()
    old = ImportRun.objects.exclude(file_key="").filter(file_until__lte=now).exclude(state__in=ImportRun.BUSY)
    for run_id in old.order_by("pk").values_list("pk", flat=True):
        store.forget(in_transaction(partial(forget_import, run_id=run_id, now=now)))
    kept = set(ImportRun.objects.exclude(file_key="").values_list("file_key", flat=True))
    store.forget_strays(known=kept, before=now - STRAY_FOR)


@shared_task
def reckon_rfm() -> bool:
    """Once a day of the shop, whatever starts it at once or late (CU-7); killed, it goes on. Whether it ran."""
    today = timezone.localdate()
    if RfmRun.objects.filter(day__gte=today, finished_at__isnull=False).exists():
        return False
    return reckon_rfm_day(today) is not None


@shared_task
def reckon_customer_report(*, first: str, last: str, channel: str, segment_id: int | None, compare: bool) -> None:
    """A report that would keep a page waiting too long (RP-1): its answer is kept for the pages that ask the same."""
    asked = ReportFilter(
        first_day=date.fromisoformat(first),
        last_day=date.fromisoformat(last),
        channel=channel,
        segment=Segment.objects.get(pk=segment_id) if segment_id else None,
        compare=compare,
    )
    keep_report(asked, now=timezone.now())


@shared_task
def look_for_duplicates() -> int:
    """Customers who may be one person (every night, and when staff ask). Returns how many pairs are new."""
    return in_transaction(lambda: find_duplicates(now=timezone.now()))
