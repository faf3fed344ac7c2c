"""A customer in the API's shape."""

from typing import Any

from customers.models import Customer

NO_POINTS = {"available": 0, "pending": 0, "debt": 0, "expiring": []}


def customer_document(customer: Customer) -> dict[str, Any]:
    """Two queries for consents and segments unless prefetched. Nobody has points, a tier or a link as yet."""
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
        "points": NO_POINTS,
        "referral": None,
        "segments": sorted(segment.code for segment in customer.segments.all()),
        "rfm": None,
    }
