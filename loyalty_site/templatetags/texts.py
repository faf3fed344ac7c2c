"""Template filters over `kernel.texts`: `{{ order.total|money }}`, `{{ order.placed_at|moment }}`.

Empty input gives an empty string, so that a page needs no `{% if %}` around an unknown value.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.dateparse import parse_datetime

from loyalty_site.kernel import texts

register = template.Library()


@register.filter
def money(amount: Decimal | str | None) -> str:
    return _or_empty(texts.money_text, amount)


@register.filter
def percent(value: Decimal | str | None) -> str:
    return _or_empty(texts.percent_text, value)


@register.filter
def number(value: Decimal | int | None) -> str:
    return _or_empty(texts.number_text, value)


@register.filter
def points(count: int | None) -> str:
    return _or_empty(texts.points_text, count)


@register.filter
def signed(value: int | None) -> str:
    return _or_empty(texts.signed_text, value)


@register.filter
def signed_points(count: int | None) -> str:
    return _or_empty(texts.signed_points_text, count)


@register.filter
def last_day(end: Any) -> str:
    return _or_empty(texts.last_day_text, _moment(end))


@register.filter
def day(value: Any) -> str:
    return _or_empty(texts.day_text, _moment(value))


@register.filter
def moment(value: Any) -> str:
    return _or_empty(texts.moment_text, _moment(value))


def _moment(value: Any) -> datetime | Any:
    """Stored quotes carry moments as ISO text."""
    return parse_datetime(value) if isinstance(value, str) else value


def _or_empty(write: Callable[[Any], str], value: Any) -> str:
    return "" if value is None or value == "" else write(value)
