"""Background work of the till."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from orders import bank
from orders.queries.overdue import overdue_numbers
from orders.services import cancel_overdue

LONGEST_PAUSE = 600


class NotTakenError(RuntimeError):
    """The shop could not be told; the bank tries again later."""


@shared_task(bind=True, max_retries=20)
def tell_shop(self: Task, *, event: dict[str, Any], url: str) -> None:
    """The test bank reports an answer that it could not report at once. The shop takes an event only once."""
    if not bank.deliver(event, url, timezone.now()):
        pause = min(2**self.request.retries, LONGEST_PAUSE)
        raise self.retry(exc=NotTakenError(event["id"]), countdown=pause)


@shared_task
def cancel_overdue_orders() -> int:
    """Cancels unpaid orders whose time is over, each in its own transaction (O-6). Returns how many."""
    now = timezone.now()
    return sum(
        in_transaction(lambda number=number: cancel_overdue(number=number, now=now))
        for number in overdue_numbers(now=now)
    )
