"""The letter of a message, written by the app that knows what it is about (port NOTIFICATIONS_TEMPLATES)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from customers.models import Customer
from notifications.rules import Letter

Renderer = Callable[..., Letter | None]


def known_kinds() -> tuple[str, ...]:
    """Kinds that have a letter; others are left alone."""
    return tuple(_templates())


def language_of(customer: Customer) -> str:
    """The shop's own: no other is known of a customer."""
    return str(settings.LANGUAGE_CODE)


def letter_of(
    kind: str, payload: Mapping[str, Any], *, customer: Customer, now: datetime, language: str = ""
) -> Letter | None:
    """What the letter says now, in the customer's language; None when nothing of it is true any more.

    Raises KeyError for a kind without a letter.
    """
    render: Renderer = import_string(_templates()[kind])
    with translation.override(language or language_of(customer)):
        return render(customer=customer, payload=payload, now=now)


def _templates() -> Mapping[str, str]:
    templates: Mapping[str, str] = settings.NOTIFICATIONS_TEMPLATES
    return templates
