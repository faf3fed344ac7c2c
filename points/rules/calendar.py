"""Russia's calendar of one year: which days are off, moved from where, and which Saturdays are worked (CU-9).

It comes with the package `holidays`, whose version is pinned; the yearly decree that moves days off is data in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays.countries.russia import Russia, RussiaStaticHolidays

from points.rules.occasions import HOLIDAY_DAYS, NEW_YEAR, Holiday

FIRST_YEAR = 2005


@dataclass(frozen=True)
class Day:
    """What is special about a day. `moved_from`: it is off instead of that day; `moved_to`: another is off for it.

    `holiday` is what is kept on it; `is_own` says that staff wrote it.
    """

    day: date
    is_off: bool
    holiday: Holiday | None = None
    is_new_year: bool = False
    moved_from: date | None = None
    moved_to: date | None = None
    note: str = ""
    is_own: bool = False

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() >= 5

    @property
    def is_worked(self) -> bool:
        """A Saturday or Sunday that is a working day."""
        return self.is_weekend and not self.is_off


@dataclass(frozen=True)
class OwnDay:
    """What staff know better than the package."""

    day: date
    is_off: bool
    moved_from: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Calendar:
    """All days of `year`, by date. Without a decree days off may still be moved: `has_decree` is False."""

    year: int
    has_decree: bool
    days: tuple[Day, ...]

    @property
    def moved(self) -> list[Day]:
        """Days off that were moved, and weekends that are worked."""
        return [day for day in self.days if day.moved_from or day.is_worked]


def calendar_of(year: int, own: Iterable[OwnDay] = ()) -> Calendar:
    """The package's calendar with the days of staff over it. Raises ValueError before 2005."""
    if year < FIRST_YEAR:
        raise ValueError(f"The calendar begins with {FIRST_YEAR}.")
    known = _known(year)
    written = {day.day: day for day in own if day.day.year == year}
    moved = {**known.moved, **{day.day: day.moved_from for day in written.values() if day.moved_from}}
    for day, own_day in written.items():
        if own_day.moved_from is None:
            moved.pop(day, None)
    moved_to = {source: target for target, source in moved.items()}
    first = date(year, 1, 1)
    days = []
    for number in range((date(year + 1, 1, 1) - first).days):
        day = first + timedelta(days=number)
        given = written.get(day)
        days.append(
            Day(
                day=day,
                is_off=given.is_off if given else day in known.off,
                holiday=HOLIDAY_OF.get((day.month, day.day)),
                is_new_year=(day.month, day.day) == NEW_YEAR,
                moved_from=moved.get(day),
                moved_to=moved_to.get(day),
                note=given.note if given else "",
                is_own=given is not None,
            )
        )
    return Calendar(year, known.has_decree, tuple(days))


@dataclass(frozen=True)
class _Known:
    """What the package says of a year: days off, and for days off that were moved, from where."""

    off: frozenset[date]
    moved: dict[date, date]
    has_decree: bool


HOLIDAY_OF = {month_day: holiday for holiday, month_day in HOLIDAY_DAYS.items()}


@lru_cache(maxsize=16)
def _known(year: int) -> _Known:
    package = Russia(years=year, language="ru")
    first, last = date(year, 1, 1), date(year, 12, 31)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    off = frozenset(day for day in every if not package.is_working_day(day))
    decreed = (
        RussiaStaticHolidays.special_public_holidays.get(year, ()),
        RussiaStaticHolidays.special_public_holidays_observed.get(year, ()),
    )
    moved = {}
    for row in _rows(decreed[0]):
        if len(row) == 4:
            moved[date(year, row[0], row[1])] = date(year, row[2], row[3])
    for row in _rows(decreed[1]):
        # A holiday on a weekend is taken on the next working day: the row names the holiday, not its date.
        day = date(year, row[0], row[1])
        source = max((kept for kept in _holidays(year) if kept < day and kept.weekday() >= 5), default=None)
        if source is not None and day - source <= timedelta(days=7):
            moved[day] = source
    return _Known(off, moved, any(decreed))


def _rows(special: tuple[object, ...]) -> list[tuple[int, ...]]:
    """A year with a single row has the row itself."""
    rows = (special,) if special and isinstance(special[0], int) else special
    return [row for row in rows if isinstance(row, tuple)]


def _holidays(year: int) -> list[date]:
    return [date(year, month, day) for month, day in HOLIDAY_DAYS.values()]
