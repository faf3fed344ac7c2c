"""Customers as staff write them down: an e-mail, a phone in any spelling, or the shop's own id (CU-1)."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from django.conf import settings
from django.db.models import Q

from customers.models import Customer
from customers.rules import normalised_email, normalised_phone


def customers_written(texts: Iterable[str]) -> Mapping[str, Customer]:
    """Each of `texts` that names a customer, with him. One query."""
    keys = {text: _keys(text) for text in set(texts) if text.strip()}
    if not keys:
        return {}
    emails, phones, ids = ({found[place] for found in keys.values()} - {""} for place in range(3))
    rows = Customer.objects.select_related("merged_into").filter(
        Q(email__in=emails) | Q(phone__in=phones) | Q(external_id__in=ids)
    )
    by_key: dict[tuple[int, str], Customer] = {}
    for row in rows:
        by_key |= {(0, row.email or ""): row, (1, str(row.phone or "")): row, (2, row.external_id or ""): row}
    found_for: dict[str, Customer] = {}
    for text, parts in keys.items():
        named = [by_key[place, key] for place, key in enumerate(parts) if key and (place, key) in by_key]
        if named:
            found_for[text] = named[0].merged_into or named[0]
    return found_for


def _keys(text: str) -> tuple[str, str, str]:
    """What the text may be: e-mail, phone, external id."""
    email = phone = ""
    with suppress(ValueError):
        email = normalised_email(text)
    if not email:
        with suppress(ValueError):
            phone = normalised_phone(text, settings.PHONENUMBER_DEFAULT_REGION)
    return email, phone, text.strip()
