"""`{% customer_consents customer.pk %}`: consents, requests, downloads, for the page of a customer."""

from typing import Any

from django import template

from customers.models import DataDownload
from customers.queries import consent_record
from customers.queries.erasure import open_erasure

register = template.Library()

SHOWN = 5


@register.inclusion_tag("customers/admin/_consents.html")
def customer_consents(customer_id: int) -> dict[str, Any]:
    """Four queries."""
    downloads = DataDownload.objects.filter(customer=customer_id).select_related("downloaded_by").order_by("-pk")
    return {
        "purposes": consent_record(customer_id),
        "asked": open_erasure(customer_id),
        "downloads": list(downloads[:SHOWN]),
    }
