"""CU-9: on which days an occasion falls, who is due on a day, and that nobody gets it twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Together with a few days they stay far below `APART`, so no day of a customer's is ever due for two years at once.
MOST_BEFORE, MOST_LATE, MOST_KNOWN = 60, 60, 365
# Two gifts for a birthday are at least so far apart, however the birthday was changed meanwhile.
APART = timedelta(days=300)


class OccasionKind(StrEnum):
    BIRTHDAY = "birthday"
    PUBLIC = "public"
    NEW_YEAR = "new_year"
    OWN = "own"


class Holiday(StrEnum):
    """Russia's public holidays by what they are; a day off that is moved by decree does not move the holiday."""

    CHRISTMAS = "christmas"
    DEFENDER = "defender"
    WOMEN = "women"
    LABOUR = "labour"
    VICTORY = "victory"
    RUSSIA = "russia"
    UNITY = "unity"


# Month and day by article 112 of the Labour Code; a test holds them against the package `holidays`.
HOLIDAY_DAYS = {
    Holiday.CHRISTMAS: (1, 7),
    Holiday.DEFENDER: (2, 23),
    Holiday.WOMEN: (3, 8),
    Holiday.LABOUR: (5, 1),
    Holiday.VICTORY: (5, 9),
    Holiday.RUSSIA: (6, 12),
    Holiday.UNITY: (11, 4),
}
NEW_YEAR = (1, 1)


@dataclass(frozen=True)
class Recurrence:
    """When an occasion comes: every year on `month` and `day`, or on `on_date` only; birthdays have neither."""

    month: int | None = None
    day: int | None = None
    on_date: date | None = None

    @property
    def is_personal(self) -> bool:
        return self.month is None and self.on_date is None

    def in_year(self, year: int) -> date | None:
        """The day it falls on in `year`; None where it does not. 29 February is 28 February in other years."""
        if self.on_date is not None:
            return self.on_date if self.on_date.year == year else None
        if self.month is None or self.day is None:
            return None
        return day_in_year(self.month, self.day, year)


@dataclass(frozen=True)
class Window:
    """Given from `before` days ahead of the day itself until `late` days after it; `since` and `until` bound the days.

    Both ends are days of the occasion, the last included; None is open.
    """

    before: int = 0
    late: int = 0
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """The occasion counts on `day`."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def due(self, today: date) -> list[date]:
        """Days whose gifts may be given today, the earliest first: what a worker that stood still has missed too."""
        span = range(-self.late, self.before + 1)
        return [day for offset in span if self.holds(day := today + timedelta(days=offset))]

    def given_on(self, day: date) -> date:
        """When the gifts of `day` are given, if the worker runs."""
        return day - timedelta(days=self.before)


@dataclass(frozen=True)
class OccasionTerms:
    """What an occasion comes to: who gets how many points and when. `active_since` is the day it was switched on."""

    kind: str
    amount: int
    holiday: str = ""
    month: int | None = None
    day: int | None = None
    on_date: date | None = None
    segment_id: int | None = None
    life_days: int | None = None
    days_before: int = 0
    days_late: int = 7
    known_days: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    active_since: date | None = None

    @property
    def when(self) -> Recurrence:
        if self.kind == OccasionKind.NEW_YEAR:
            return Recurrence(*NEW_YEAR)
        if self.kind == OccasionKind.PUBLIC:
            return Recurrence(*HOLIDAY_DAYS[Holiday(self.holiday)])
        return Recurrence(self.month, self.day, self.on_date) if self.kind == OccasionKind.OWN else Recurrence()

    @property
    def window(self) -> Window:
        since = max((day for day in (self.starts_on, self.active_since) if day), default=None)
        return Window(self.days_before, self.days_late, since, self.ends_on)


def day_in_year(month: int, day: int, year: int) -> date:
    """29 February is 28 February in other years (CU-9). Raises ValueError for a day that no year has."""
    if (month, day) == (2, 29) and not is_leap(year):
        return date(year, 2, 28)
    return date(year, month, day)


def birthday_keys(day: date) -> tuple[int, ...]:
    """The birthdays that are kept on `day`, 612 for 12 June: on 28 February of most years those of 29 February too."""
    key = day.month * 100 + day.day
    return (key, 229) if key == 228 and not is_leap(day.year) else (key,)


def due_days(when: Recurrence, window: Window, today: date) -> list[date]:
    """Days of the occasion whose gifts may be given today. A birthday may fall on any of the days."""
    days = window.due(today)
    return days if when.is_personal else [day for day in days if when.in_year(day.year) == day]


def coming_days(when: Recurrence, window: Window, today: date, *, days: int) -> Iterator[tuple[date, date]]:
    """(given on, day) of what is due today and within `days` to come, in that order; birthdays: every day."""
    last = today + timedelta(days=days)
    day = today - timedelta(days=window.late)
    while window.given_on(day) <= last:
        if window.holds(day) and (when.is_personal or when.in_year(day.year) == day):
            yield max(today, window.given_on(day)), day
        day += timedelta(days=1)


def known_until(day: date, known_days: int) -> date:
    """The last day on which somebody who gets a gift for `day` had registered, or told his birthday."""
    return day - timedelta(days=known_days)


def is_second(last: date | None, day: date) -> bool:
    """A gift for a birthday on `day` would be a second one: the last was for `last`, in the year or near it."""
    return last is not None and (last.year == day.year or abs(day - last) < APART)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
