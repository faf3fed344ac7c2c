"""Points in words: plurals, movements, the day before which they must be spent."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from loyalty_site.kernel.texts import last_day_text, points_text, signed_points_text, signed_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0\xa0баллов"),
        (1, "1\xa0балл"),
        (2, "2\xa0балла"),
        (5, "5\xa0баллов"),
        (11, "11\xa0баллов"),
        (21, "21\xa0балл"),
        (1000, "1\xa0000\xa0баллов"),
        (-3, "−3\xa0балла"),
    ],
)
def test_points_take_the_right_plural(count, text):
    with translation.override("ru"):
        assert points_text(count) == text


def test_points_in_english():
    with translation.override("en"):
        assert (points_text(1), points_text(2000)) == ("1\xa0point", "2,000\xa0points")


@pytest.mark.parametrize(("number", "text"), [(1500, "+1\xa0500"), (-5, "−5"), (0, "0")])
def test_movements_carry_their_sign(number, text):
    with translation.override("ru"):
        assert signed_text(number) == text


@pytest.mark.parametrize(("count", "text"), [(50001, "+50\xa0001\xa0балл"), (-5, "−5\xa0баллов"), (0, "0\xa0баллов")])
def test_a_movement_that_stands_alone_says_of_what(count, text):
    with translation.override("ru"):
        assert signed_points_text(count) == text


def test_last_day_is_the_one_before_the_end():
    midnight = datetime(2026, 11, 30, 21, tzinfo=UTC)
    with translation.override("ru"):
        assert last_day_text(midnight) == "30\xa0ноября\xa02026"


def test_filters_leave_unknown_values_empty():
    template = Template("{% load texts %}[{{ x|points }}{{ x|signed }}{{ x|last_day }}]")
    assert template.render(Context({"x": None})) == "[]"
