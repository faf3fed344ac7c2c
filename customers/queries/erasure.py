"""Requests to be forgotten (CU-4)."""

from datetime import datetime

from customers.models import ErasureRequest


def open_erasure(customer_id: int) -> ErasureRequest | None:
    """The request that is neither called off nor carried out. One query."""
    return ErasureRequest.objects.filter(customer=customer_id, cancelled_at=None, done_at=None).first()


def due_erasures(*, now: datetime, limit: int) -> list[int]:
    """Keys of the customers whose term is over, who waited longest first. One query."""
    rows = ErasureRequest.objects.filter(cancelled_at=None, done_at=None, due_at__lte=now)
    return list(rows.order_by("due_at", "pk").values_list("customer_id", flat=True)[:limit])
