"""M-4, O-5: from when and until when points live."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def lot_dates(*, now: datetime, hold_days: int, life_days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """(available from, expires at): pending for `hold_days`, then `life_days`, the last of them whole.

    Points live to the end of a day in the shop's `zone`, so that “expire on 30 November” is true all day.
    """
    available_from = now + timedelta(days=hold_days)
    last_day = available_from.astimezone(zone).date() + timedelta(days=life_days)
    return available_from, end_of_day(last_day, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Points whose last day is `day` live until before this moment."""
    return datetime.combine(day + timedelta(days=1), time.min, zone)
