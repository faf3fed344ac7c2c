"""On which days an occasion falls and who is due, by examples and in general (CU-9)."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.rules.calendar import OwnDay, calendar_of
from points.rules.occasions import (
    APART,
    HOLIDAY_DAYS,
    OccasionTerms,
    Recurrence,
    Window,
    birthday_keys,
    coming_days,
    due_days,
    is_second,
    known_until,
)

DAYS = st.dates(date(2005, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("when", "year", "day"),
    [
        (Recurrence(6, 12), 2026, date(2026, 6, 12)),
        (Recurrence(2, 29), 2026, date(2026, 2, 28)),
        (Recurrence(2, 29), 2028, date(2028, 2, 29)),
        (Recurrence(2, 29), 2100, date(2100, 2, 28)),
        (Recurrence(2, 28), 2028, date(2028, 2, 28)),
        (Recurrence(on_date=date(2026, 9, 1)), 2026, date(2026, 9, 1)),
        (Recurrence(on_date=date(2026, 9, 1)), 2027, None),
        (Recurrence(), 2026, None),
    ],
)
def test_day_of_a_year(when: Recurrence, year: int, day: date | None) -> None:
    assert when.in_year(year) == day


@pytest.mark.parametrize(
    ("terms", "when"),
    [
        (OccasionTerms("new_year", 1), Recurrence(1, 1)),
        (OccasionTerms("public", 1, holiday="victory"), Recurrence(5, 9)),
        (OccasionTerms("own", 1, month=9, day=1), Recurrence(9, 1)),
        (OccasionTerms("own", 1, on_date=date(2026, 9, 1)), Recurrence(on_date=date(2026, 9, 1))),
        (OccasionTerms("birthday", 1), Recurrence()),
    ],
)
def test_each_kind_comes_on_its_day(terms: OccasionTerms, when: Recurrence) -> None:
    assert terms.when == when


@pytest.mark.parametrize(
    ("today", "window", "due"),
    [
        (date(2026, 6, 12), Window(), [date(2026, 6, 12)]),
        (date(2026, 6, 11), Window(), []),
        (date(2026, 6, 13), Window(), []),
        (date(2026, 6, 9), Window(before=3), [date(2026, 6, 12)]),
        (date(2026, 6, 8), Window(before=3), []),
        (date(2026, 6, 19), Window(late=7), [date(2026, 6, 12)]),
        (date(2026, 6, 20), Window(late=7), []),
        (date(2026, 6, 12), Window(since=date(2026, 6, 13)), []),
        (date(2026, 6, 12), Window(since=date(2026, 6, 12), until=date(2026, 6, 12)), [date(2026, 6, 12)]),
        (date(2026, 6, 12), Window(until=date(2026, 6, 11)), []),
    ],
)
def test_a_holiday_is_due_around_its_day(today: date, window: Window, due: list[date]) -> None:
    assert due_days(Recurrence(6, 12), window, today) == due


def test_new_year_is_due_in_the_old_year_and_is_the_new_years() -> None:
    assert due_days(Recurrence(1, 1), Window(before=7), date(2026, 12, 25)) == [date(2027, 1, 1)]


def test_birthdays_of_a_stopped_worker_are_all_there() -> None:
    assert due_days(Recurrence(), Window(before=1, late=2), date(2026, 1, 1)) == [
        date(2025, 12, 30),
        date(2025, 12, 31),
        date(2026, 1, 1),
        date(2026, 1, 2),
    ]


@pytest.mark.parametrize(
    ("day", "keys"),
    [
        (date(2026, 6, 12), (612,)),
        (date(2026, 2, 28), (228, 229)),
        (date(2028, 2, 28), (228,)),
        (date(2028, 2, 29), (229,)),
    ],
)
def test_whose_birthday_is_kept_on_a_day(day: date, keys: tuple[int, ...]) -> None:
    assert birthday_keys(day) == keys


@pytest.mark.parametrize(
    ("last", "day", "second"),
    [
        (None, date(2026, 6, 10), False),
        (date(2026, 6, 10), date(2026, 12, 31), True),
        (date(2026, 12, 31), date(2027, 1, 2), True),
        (date(2026, 6, 10), date(2027, 4, 5), True),
        (date(2026, 6, 10), date(2027, 4, 6), False),
        (date(2027, 1, 2), date(2026, 12, 31), True),
    ],
)
def test_a_second_gift_for_a_birthday_is_known(last: date | None, day: date, second: bool) -> None:
    assert is_second(last, day) is second


def test_known_until_counts_back_from_the_day() -> None:
    assert known_until(date(2026, 6, 10), 14) == date(2026, 5, 27)


def test_coming_days_say_when_they_are_given() -> None:
    window = Window(before=3, late=7, since=date(2026, 6, 1))
    assert list(coming_days(Recurrence(6, 12), window, date(2026, 6, 14), days=365)) == [
        (date(2026, 6, 14), date(2026, 6, 12)),
        (date(2027, 6, 9), date(2027, 6, 12)),
    ]


@given(DAYS, st.integers(0, 60), st.integers(0, 60), st.integers(1, 12), st.integers(1, 28))
def test_every_year_is_due_on_each_day_of_its_window_and_on_no_other(
    today: date, before: int, late: int, month: int, day: int
) -> None:
    found = due_days(Recurrence(month, day), Window(before, late), today)
    near = [date(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
    assert found == [kept for kept in near if kept - timedelta(before) <= today <= kept + timedelta(late)]
    assert len(found) <= 1


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_worker_that_runs_every_window_misses_nobody(born: date, before: int, late: int) -> None:
    """Whoever runs at least once in the window meets the birthday; all years of a person are apart."""
    window, start = Window(before, late), date(2026, 1, 1)
    met = {
        day
        for number in range(0, 800, before + late + 1)
        for day in window.due(start + timedelta(days=number))
        if born.month * 100 + born.day in birthday_keys(day)
    }
    kept = {Recurrence(born.month, born.day).in_year(year) for year in (2026, 2027)}
    assert {day for day in kept if day and day > start + timedelta(late)} <= met
    assert all(second - first >= APART for first, second in zip(sorted(met), sorted(met)[1:], strict=False))


@pytest.mark.parametrize("year", range(2005, 2031))
def test_holidays_fall_where_the_package_knows_them(year: int) -> None:
    known = holidays.country_holidays("RU", years=year, observed=False)
    assert [day for day in HOLIDAY_DAYS.values() if date(year, *day) not in known] == []


def test_the_calendar_of_2026_knows_what_was_moved() -> None:
    calendar = calendar_of(2026)
    assert (calendar.has_decree, sum(day.is_off for day in calendar.days)) == (True, 118)
    assert [(day.day, day.moved_from) for day in calendar.moved] == [
        (date(2026, 1, 9), date(2026, 1, 3)),
        (date(2026, 3, 9), date(2026, 3, 8)),
        (date(2026, 5, 11), date(2026, 5, 9)),
        (date(2026, 12, 31), date(2026, 1, 4)),
    ]


def test_a_worked_saturday_knows_its_day_off() -> None:
    found = {day.day: day for day in calendar_of(2027).moved}
    worked = found[date(2027, 2, 20)]
    assert (worked.is_worked, worked.is_off, worked.moved_to) == (True, False, date(2027, 2, 22))


def test_a_year_without_a_decree_says_so() -> None:
    assert (calendar_of(2040).has_decree, calendar_of(2040).moved) == (False, [])


def test_days_of_staff_lie_over_the_calendar() -> None:
    own = [
        OwnDay(date(2040, 1, 10), True, date(2040, 1, 1), "by decree"),
        OwnDay(date(2040, 1, 14), False),
        OwnDay(date(2041, 1, 1), False),
    ]
    found = {day.day: day for day in calendar_of(2040, own).days if day.is_own}
    assert {day: (row.is_off, row.moved_from, row.note) for day, row in found.items()} == {
        date(2040, 1, 10): (True, date(2040, 1, 1), "by decree"),
        date(2040, 1, 14): (False, None, ""),
    }


def test_the_calendar_begins_with_2005() -> None:
    with pytest.raises(ValueError, match="2005"):
        calendar_of(2004)
