"""Placing an order in one line."""

from datetime import datetime
from typing import Any

from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, place_order
from tests.factories import NOW


def place(*skus: str, **fields: Any) -> Order:
    """`place_at` the tests' NOW."""
    return place_at(NOW, *skus, **fields)


def place_at(now: datetime, *skus: str, contact: Contact | None = None, quantity: int = 1, **fields: Any) -> Order:
    """One order of `quantity` pieces of each SKU; `fields` are QuoteRequest's."""
    lines = tuple((sku, quantity) for sku in skus)
    request = QuoteRequest(**{"channel": "site", "lines": lines, **fields})
    return place_order(request=request, contact=contact or Contact(), now=now)
