"""A customer in the API's shape."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from customers.models import Customer


def customer_document(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """Two queries for consents and segments unless prefetched, and those of the parts that higher apps hold.

    Nobody has RFM scores as yet.
    """
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
        "segments": sorted(segment.code for segment in customer.segments.all()),
        "rfm": None,
        **{name: part(customer.pk, now=now) for name, part in parts.items()},
    }
