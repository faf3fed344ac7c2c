"""Background work of the till."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from orders import bank

LONGEST_PAUSE = 600


class NotTakenError(RuntimeError):
    """The shop could not be told; the bank tries again later."""


@shared_task(bind=True, max_retries=20)
def tell_shop(self: Task, *, event: dict[str, Any], url: str) -> None:
    """The test bank reports an answer that it could not report at once. The shop takes an event only once."""
    if not bank.deliver(event, url, timezone.now()):
        pause = min(2**self.request.retries, LONGEST_PAUSE)
        raise self.retry(exc=NotTakenError(event["id"]), countdown=pause)
