"""A validity given as dates covers both days whole in the shop's zone, stored half-open (M-4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`."""
    return datetime.combine(day, time.min, tzinfo=zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The exclusive end of `day` in `zone`: the first moment of the next one."""
    return start_of(day + timedelta(days=1), zone)


def last_day(ends_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which a code with the exclusive end `ends_at` still works."""
    return (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
