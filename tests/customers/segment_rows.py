"""Rows and rules for the tests of segments."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from customers.models import Customer, Rfm
from tests.factories import NOW


def rfm(customer: Customer, **given: Any) -> Rfm:
    days_ago = given.pop("days_ago", 10)
    values = {
        "first_paid_at": NOW - timedelta(days=400),
        "last_paid_at": NOW - timedelta(days=days_ago),
        "orders": 2,
        "spent": Decimal(3000),
        "frequency": 2,
        "monetary": Decimal(3000),
        "r": 4,
        "f": 2,
        "m": 3,
        "segment": "promising",
        "since": NOW,
        "changed_at": NOW,
    }
    return Rfm.objects.create(customer=customer, **{**values, **given})


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})
