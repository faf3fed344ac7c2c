"""The year's calendar as the package and staff know it."""

from points.models import CalendarDay
from points.rules.calendar import Calendar, OwnDay, calendar_of


def calendar(year: int) -> Calendar:
    """Days off, moved and worked, with the days of staff over them. One query."""
    own = CalendarDay.objects.filter(day__year=year).values_list("day", "is_off", "moved_from", "note")
    return calendar_of(year, [OwnDay(*values) for values in own])
