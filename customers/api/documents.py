"""A customer in the API's shape."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from customers.models import Customer
from customers.queries import rfm_of, segments_of


def customer_document(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """A query for consents unless prefetched, one for segments, two for RFM, and those of the parts of higher apps."""
    parts = {name: import_string(path) for name, path in settings.CUSTOMERS_DOCUMENT_PARTS.items()}
    return {
        "id": str(customer.public_id),
        "external_id": customer.external_id,
        "email": customer.email,
        "phone": str(customer.phone) if customer.phone else None,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "birthday": customer.birthday.isoformat() if customer.birthday else None,
        "consents": sorted(c.purpose for c in customer.consents.all() if c.withdrawn_at is None),
        "tier": None,
        "points": None,
        "referral": None,
        "segments": sorted(segment.code for segment in segments_of(customer.pk)),
        "rfm": _rfm(customer.pk, now),
        **{name: part(customer.pk, now=now) for name, part in parts.items()},
    }


def _rfm(customer_id: int, now: datetime) -> dict[str, Any] | None:
    """Recency in days, frequency in orders, monetary in roubles, the code of the segment on the map."""
    view = rfm_of(customer_id, now=now)
    if view is None:
        return None
    return {
        "recency": view.recency,
        "frequency": view.frequency,
        "monetary": str(view.monetary),
        "segment": view.segment,
    }
