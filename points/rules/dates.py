"""M-4, O-5: from when and until when points live."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def lot_dates(*, now: datetime, hold_days: int, life_days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """(available from, expires at): pending for `hold_days`, then `life_days`, the last of them whole.

    Points live to the end of a day in the shop's `zone`, so that “expire on 30 November” is true all day.
    """
    available_from = now + timedelta(days=hold_days)
    day_after = available_from.astimezone(zone).date() + timedelta(days=life_days + 1)
    return available_from, datetime.combine(day_after, time.min, zone)
