"""Sums, percents and dates as a reader of the current language writes them.

Pages use the same functions as template filters (`{% load texts %}`).
Spaces inside a value are non-breaking.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale

NBSP = "\N{NO-BREAK SPACE}"
Moment = TypeVar("Moment", date, datetime)
MINUS = "\N{MINUS SIGN}"


def money_text(amount: Decimal | str) -> str:
    """`1 000 ₽`, `1 000,50 ₽`: kopecks are shown only where there are any. `amount` in the shop's currency."""
    value = Decimal(amount)
    pattern = _money_pattern(_locale(), settings.SHOP_CURRENCY, value == value.to_integral_value())
    text = format_currency(value, settings.SHOP_CURRENCY, format=pattern, locale=_locale(), currency_digits=False)
    return text.replace("-", MINUS)


def percent_text(percent: Decimal | str) -> str:
    """`5 %`, `7,5 %`. `percent` 5 means 5 %."""
    pattern = _locale().percent_formats[None].pattern.replace("#,##0", "#,##0.##")
    return format_percent(Decimal(percent) / 100, format=pattern, locale=_locale())


def number_text(number: Decimal | int) -> str:
    """`1 000 000`, `1,5`."""
    return format_decimal(number, locale=_locale()).replace("-", MINUS)


def signed_text(number: int) -> str:
    """`+1 000`, `−5`: a movement."""
    return f"{'+' if number > 0 else MINUS if number < 0 else ''}{number_text(abs(number))}"


def points_text(count: int) -> str:
    """`1 балл`, `1 000 баллов`."""
    text = ngettext("%(count)s point", "%(count)s points", abs(count)) % {"count": number_text(count)}
    return text.replace("-", MINUS).replace(" ", NBSP)


def signed_points_text(count: int) -> str:
    """`+1 балл`, `−1 000 баллов`: a movement that stands without a heading to say of what."""
    return f"{'+' if count > 0 else ''}{points_text(count)}"


def last_day_text(end: datetime) -> str:
    """`30 ноября 2026`: the last whole day before `end`, which is excluded itself."""
    return day_text(end - timedelta(microseconds=1))


def day_text(day: date | datetime) -> str:
    """`1 июня 2026`; a moment is taken in the shop's time zone."""
    return format_date(_local(day), "d MMMM y", locale=_locale()).replace(" ", NBSP)


def moment_text(moment: datetime) -> str:
    """`1 июня 2026, 14:05` in the shop's time zone."""
    return f"{day_text(moment)}, {format_time(_local(moment), 'HH:mm', locale=_locale())}"


def _locale() -> Locale:
    return _parsed(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _parsed(language: str) -> Locale:
    return Locale.parse(to_locale(language))


@lru_cache
def _money_pattern(locale: Locale, currency: str, whole: bool) -> str:
    """The language's own pattern with the sign the shop's people know, as CLDR gives `RUB` to English."""
    sign = get_currency_symbol(currency, locale=_parsed(settings.LANGUAGE_CODE))
    pattern = locale.currency_formats["standard"].pattern.replace("¤", f"'{sign}'")
    return pattern.replace(".00", "") if whole else pattern


def _local(moment: Moment) -> Moment:
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment
