"""Messages to send, and the doctor's word on them."""

from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Consent, Customer
from notifications.models import OutboxMessage
from notifications.queries import INVARIANTS
from tests.factories import NOW, CustomerFactory
from tests.points.rows import earn


def reader(**values: Any) -> Customer:
    """A customer who has agreed to e-mails."""
    customer = CustomerFactory.create(**values)
    Consent.objects.create(customer=customer, purpose="email", given_at=NOW, source="test", text_version="1")
    return customer


def message(customer: Customer, *, key: str = "", now: datetime = NOW, **values: Any) -> OutboxMessage:
    """That 100 points expire on 20 June; the points come with `give_expiring`."""
    payload = {"points": 100, "expires_on": "2026-06-20", "days": 30}
    row = {"kind": "points_expiring", "payload": payload, "created_at": now, "next_try_at": now, **values}
    return OutboxMessage.objects.create(key=key or f"test:{customer.pk}", customer=customer, **row)


def give_expiring(customer: Customer, amount: int = 100) -> None:
    """Points whose last day is 20 June in Moscow."""
    earn(customer, amount, f"earn:test:{customer.pk}", expires_at=datetime.fromisoformat("2026-06-21T00:00:00+03:00"))


def letter_to_write(**values: Any) -> OutboxMessage:
    """A message that will be sent: to a reader, and true."""
    customer = reader(**values)
    give_expiring(customer)
    return message(customer)


def told(row: OutboxMessage) -> dict[str, Any]:
    """How it stands: what is set."""
    row.refresh_from_db()
    names = ("next_try_at", "claimed_at", "attempts", "sent_at", "skipped_at", "skip_reason", "failed_at", "error")
    return {name: value for name in names if (value := getattr(row, name))}


def offenders() -> set[str]:
    found = set()
    for item in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(item.sql)
            if cursor.fetchall():
                found.add(item.code)
    return found
