"""Periodic work of the site as a whole."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from loyalty_site.doctor import examined, invariants
from loyalty_site.idempotency import forget_answers
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.reports import keep_report


@shared_task
def forget_old_answers() -> int:
    """Answers to old Idempotency-Keys are dropped; whoever repeats a request after a month is on his own."""
    before = timezone.now() - timedelta(days=settings.IDEMPOTENCY_KEEP_DAYS)
    return in_transaction(lambda: forget_answers(before=before))


@shared_task
def forget_old_sessions() -> None:
    """Sessions that are over: what a browser once had is not kept longer than it is used."""
    SessionStore.clear_expired()


@shared_task
def run_doctor() -> int:
    """Checks every invariant and keeps the report for administrators. Returns how many are broken."""
    started = timezone.now()
    findings = {item.code: found.document() for item, found in examined(invariants()) if found}
    seconds = (timezone.now() - started).total_seconds()
    in_transaction(lambda: keep_report(findings=findings, seconds=seconds, now=started))
    return len(findings)
