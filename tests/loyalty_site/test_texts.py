from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from loyalty_site.kernel.texts import day_text, moment_text, money_text, number_text, percent_text


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [
        ("ru", "1000.00", "1\xa0000\xa0₽"),
        ("ru", "1234567.50", "1\xa0234\xa0567,50\xa0₽"),
        ("ru", "-5", "−5\xa0₽"),
        ("en", "1000.00", "₽1,000"),
        ("en", "0.05", "₽0.05"),
    ],
)
def test_money_text_follows_language(language, amount, text):
    with translation.override(language):
        assert money_text(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("language", "percent", "text"),
    [("ru", "5.00", "5\xa0%"), ("ru", "7.5", "7,5\xa0%"), ("en", "5.00", "5%"), ("en", "12.25", "12.25%")],
)
def test_percent_text_shows_needed_places(language, percent, text):
    with translation.override(language):
        assert percent_text(Decimal(percent)) == text


def test_number_text_groups_thousands():
    with translation.override("ru"):
        assert number_text(1_000_000) == "1\xa0000\xa0000"
        assert number_text(-80) == "\N{MINUS SIGN}80"


def test_day_and_moment_are_in_shop_time_zone():
    late = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    with translation.override("ru"):
        assert day_text(date(2026, 6, 1)) == "1\xa0июня\xa02026"
        assert moment_text(late) == "1\xa0июня\xa02026, 01:30"
    with translation.override("en"):
        assert day_text(late) == "1\xa0June\xa02026"


def test_filters_leave_unknown_values_empty():
    template = Template("{% load texts %}[{{ x|money }}{{ x|percent }}{{ x|number }}{{ x|day }}{{ x|moment }}]")
    assert template.render(Context({"x": None})) == "[]"


def test_filters_read_stored_text():
    template = Template("{% load texts %}{{ total|money }} {{ at|moment }}")
    with translation.override("ru"):
        text = template.render(Context({"total": "990.00", "at": "2026-06-01T12:00:00+03:00"}))
    assert text == "990\xa0₽ 1\xa0июня\xa02026, 12:00"
