"""Periodic work of the site as a whole."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from loyalty_site.idempotency import forget_answers
from loyalty_site.kernel.transactions import in_transaction


@shared_task
def forget_old_answers() -> int:
    """Answers to old Idempotency-Keys are dropped; whoever repeats a request after a month is on his own."""
    before = timezone.now() - timedelta(days=settings.IDEMPOTENCY_KEEP_DAYS)
    return in_transaction(lambda: forget_answers(before=before))
