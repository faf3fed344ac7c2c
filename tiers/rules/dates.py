"""How long a membership lasts (T-5)."""

import calendar
from datetime import datetime, tzinfo


def months_after(moment: datetime, months: int, zone: tzinfo) -> datetime:
    """The same day of the month and time of day in `zone`, `months` later; 31 January + 1 is the last of February."""
    local = moment.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
