"""A customer's details as typed, brought to the form they are stored in (CU-1)."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.rules import normalised_email, normalised_phone
from customers.services.errors import TAKEN
from loyalty_site.kernel.errors import FieldError, InvalidInput

LONGEST = {"first_name": 100, "last_name": 100, "external_id": 64, "email": 254}
OLDEST_BIRTHDAY = date(1900, 1, 1)


def cleaned(typed: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Only the fields given. Raises InvalidInput with one entry for each wrong field."""
    result: dict[str, Any] = {}
    wrong = []
    for field, value in typed.items():
        try:
            result[field] = CLEANERS[field](field, value, now)
        except ValueError as error:
            wrong.append(FieldError(field, "invalid", str(error)))
    if wrong:
        raise InvalidInput(*wrong)
    return result


def refuse_taken(details: Mapping[str, Any], *, but: int | None = None) -> None:
    """Raises EmailTaken, PhoneTaken or ExternalIdTaken. The unique constraints stand behind it."""
    for field, refusal in TAKEN.items():
        value = details.get(field)
        others = Customer.objects.filter(**{field: value}) if value else Customer.objects.none()
        if but is not None:
            others = others.exclude(pk=but)
        if others.exists():
            raise refusal(field=field)


def saved(customer: Customer) -> Customer:
    """Saves; two at once with one address: the second is refused like one that came later."""
    try:
        customer.save()
    except IntegrityError as error:
        for field, refusal in TAKEN.items():
            if f"customer_{field}_unique" in str(error):
                raise refusal(field=field) from error
        raise
    return customer


def _email(field: str, value: str | None, now: datetime) -> str | None:
    if not (value or "").strip():
        return None
    try:
        return normalised_email(_text(field, value, now))
    except ValueError as error:
        raise ValueError(_("This is not an e-mail address.")) from error


def _phone(field: str, value: str | None, now: datetime) -> str | None:
    if not str(value or "").strip():
        return None
    try:
        return normalised_phone(str(value), settings.PHONENUMBER_DEFAULT_REGION)
    except ValueError as error:
        raise ValueError(_("This is not a phone number.")) from error


def _text(field: str, value: str | None, now: datetime) -> str:
    text = unicodedata.normalize("NFC", value or "").strip()
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError(_("This text holds characters that cannot be stored."))
    if len(text) > LONGEST[field]:
        raise ValueError(_("At most %(count)d characters.") % {"count": LONGEST[field]})
    return text


def _optional_text(field: str, value: str | None, now: datetime) -> str | None:
    return _text(field, value, now) or None


def _birthday(field: str, value: date | None, now: datetime) -> date | None:
    if value is None:
        return None
    if not OLDEST_BIRTHDAY <= value <= timezone.localdate(now):
        raise ValueError(_("A birthday is a day in the past."))
    return value


CLEANERS: dict[str, Callable[[str, Any, datetime], Any]] = {
    "email": _email,
    "phone": _phone,
    "first_name": _text,
    "last_name": _text,
    "external_id": _optional_text,
    "birthday": _birthday,
}
