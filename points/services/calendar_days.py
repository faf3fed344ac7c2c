"""Days of the calendar that staff put right: transfers come by decree (CU-9)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction
from points.models import CalendarDay
from points.rules.calendar import FIRST_YEAR

LAST_YEAR = 2100


@requires_transaction
def put_calendar_day(*, day: date, is_off: bool, moved_from: date | None = None, note: str = "") -> CalendarDay:
    """The day as it is from now on, over what the calendar says by itself. Raises InvalidInput."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise invalid("day", _("The calendar knows the years 2005 to 2100."), "out_of_range")
    if moved_from and not is_off:
        raise invalid("moved_from", _("Only a day off is moved here from another day."), "not_off")
    if moved_from == day:
        raise invalid("moved_from", _("Give another day."), "same_day")
    values = {"is_off": is_off, "moved_from": moved_from, "note": note.strip()[:120]}
    found, _made = CalendarDay.objects.update_or_create(day=day, defaults=values)
    return found
