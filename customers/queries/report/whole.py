"""The whole report on customers, and the same kept for a while where it takes long to work out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone

from customers.queries.report.cohorts import cohort_table
from customers.queries.report.frequency import frequency
from customers.queries.report.guard import TooSlow, within_time
from customers.queries.report.shapes import CohortTable, Frequency, ReportFilter

# A page waits so long for each of the two queries; the worker may take longer, and its answer is shown for an hour.
PAGE_SECONDS, WORKER_SECONDS, KEPT_SECONDS = 6, 600, 3600


@dataclass(frozen=True)
class CustomerReport:
    cohorts: CohortTable
    frequency: Frequency
    reckoned_at: datetime


def customer_report(asked: ReportFilter, *, now: datetime, seconds: int = WORKER_SECONDS) -> CustomerReport:
    """Two queries that see one moment. Raises TooSlow."""
    with within_time(seconds=seconds):
        cohorts = cohort_table(asked, today=timezone.localdate(now))
        return CustomerReport(cohorts, frequency(asked), now)


def report_or_wait(
    asked: ReportFilter, *, now: datetime, start: Callable[[], object], seconds: int = PAGE_SECONDS
) -> CustomerReport | None:
    """What was kept, or the report itself if it is quick; else `start` is called once and there is None until then."""
    key = report_key(asked, now)
    kept: CustomerReport | None = cache.get(key)
    if kept is not None:
        return kept
    if not cache.get(f"{key}:slow"):
        try:
            return customer_report(asked, now=now, seconds=seconds)
        except TooSlow:
            cache.set(f"{key}:slow", True, KEPT_SECONDS)
    if cache.add(f"{key}:started", True, WORKER_SECONDS):
        start()
    return None


def keep_report(asked: ReportFilter, *, now: datetime) -> None:
    """The worker's part: pages show its answer for an hour."""
    key = report_key(asked, now)
    try:
        cache.set(key, customer_report(asked, now=now), KEPT_SECONDS)
    finally:
        cache.delete(f"{key}:started")


def report_key(asked: ReportFilter, now: datetime) -> str:
    """Another day's report is another report: what is over has moved on."""
    parts = (
        timezone.localdate(now),
        asked.first_day,
        asked.last_day,
        asked.channel,
        asked.segment.pk if asked.segment else "",
        asked.compare,
    )
    return "customer-report:" + sha256("|".join(map(str, parts)).encode()).hexdigest()
