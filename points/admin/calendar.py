"""The calendar of the coming year with the occasions on it, and the days that staff put right (CU-9)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy, to_locale
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import day_text
from points import services
from points.models import CalendarDay, Occasion
from points.queries import shop_day
from points.queries.calendar import calendar
from points.rules.calendar import Day

MONTHS = 12


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_off = forms.BooleanField(
        label=gettext_lazy("A day off"),
        required=False,
        help_text=gettext_lazy("Without the mark it is a working day, a Saturday too."),
    )
    moved_from = forms.DateField(
        label=gettext_lazy("Moved from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The day off that is taken on this day instead."),
    )
    note = forms.CharField(label=gettext_lazy("What it is"), max_length=120, required=False)


@admin.register(CalendarDay)
class CalendarDayAdmin(ServiceAdmin):
    service_form = DayForm
    fixed_names = frozenset({"day"})
    list_display = ["shown", "state", "source", "note"]
    list_display_links = ["shown"]
    ordering = ["-day"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s day", "%(n)s days", "n")

    def get_urls(self) -> list[URLPattern]:
        return [path("year/", show, name="points_calendarday_year"), *super().get_urls()]

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> CalendarDay:
        return services.put_calendar_day(**values)

    @admin.display(description=gettext_lazy("day"))
    def shown(self, obj: CalendarDay) -> str:
        return day_text(obj.day)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: CalendarDay) -> SafeString:
        return badge("info", _("day off")) if obj.is_off else badge("warn", _("working day"))

    @admin.display(description=gettext_lazy("moved from"))
    def source(self, obj: CalendarDay) -> str:
        return day_text(obj.moved_from) if obj.moved_from else "—"


@dataclass(frozen=True)
class Cell:
    """A day of the page: its number, a class, what is said of it, and the occasions on it."""

    day: date
    look: str
    title: str
    occasions: tuple[Occasion, ...]


@staff_page("points.view_calendarday")
def show(request: HttpRequest) -> HttpResponse:
    """Twelve months from this one on."""
    today = shop_day(timezone.now())
    first = today.replace(day=1)
    years = {year: calendar(year) for year in (first.year, first.year + 1)}
    days = {day.day: day for year in years.values() for day in year.days}
    occasions = _occasions(first)
    months = [_month(_later(first, number), days, occasions, today) for number in range(MONTHS)]
    last = _later(first, MONTHS)
    shown = [day for day in days.values() if first <= day.day < last]
    return page(
        request,
        "points/admin/calendar.html",
        title=_("Calendar of holidays"),
        opts=CalendarDay._meta,
        months=months,
        weekdays=[get_day_names("abbreviated", locale=_locale())[number] for number in range(7)],
        moved=[(day, _moved_text(day)) for day in shown if day.moved_from or day.is_worked],
        undecreed=[year for year in sorted(years) if not years[year].has_decree],
        coming=[(day, found) for day, found in sorted(occasions.items()) if today <= day < last],
        own=CalendarDay.objects.filter(day__gte=today).order_by("day"),
    )


def _occasions(first: date) -> dict[date, tuple[Occasion, ...]]:
    """By the day itself; birthdays have none."""
    found: dict[date, tuple[Occasion, ...]] = {}
    for occasion in Occasion.objects.order_by("-is_active", "name", "pk"):
        for year in (first.year, first.year + 1):
            day = occasion.terms.when.in_year(year)
            if day and occasion.terms.window.holds(day):
                found[day] = (*found.get(day, ()), occasion)
    return found


def _month(
    first: date, days: dict[date, Day], occasions: dict[date, tuple[Occasion, ...]], today: date
) -> dict[str, Any]:
    cells: list[Cell | None] = [None] * first.weekday()
    day = first
    while day.month == first.month:
        cells.append(_cell(days[day], occasions.get(day, ()), today))
        day += timedelta(days=1)
    cells += [None] * (-len(cells) % 7)
    name = str(format_date(first, "LLLL y", locale=_locale()))
    weeks = [cells[start : start + 7] for start in range(0, len(cells), 7)]
    return {"name": name[:1].upper() + name[1:], "weeks": weeks}


def _cell(day: Day, occasions: tuple[Occasion, ...], today: date) -> Cell:
    look = "off" if day.is_off else ("worked" if day.is_worked else "")
    if day.holiday or day.is_new_year:
        look = "holiday"
    elif day.moved_from:
        look = "moved"
    marks = (look, "today" if day.day == today else "", "occasion" if occasions else "")
    looks = " ".join(f"bo-day--{name}" for name in marks if name)
    said = [name for name in (_kept(day), _moved_text(day), *(occasion.name for occasion in occasions)) if name]
    return Cell(day.day, looks, "; ".join(said), occasions)


def _kept(day: Day) -> str:
    if day.is_new_year:
        return _("New Year")
    return str(Occasion.PublicHoliday(day.holiday).label) if day.holiday else ""


def _moved_text(day: Day) -> str:
    if day.moved_from:
        return _("day off, moved from %(day)s") % {"day": day_text(day.moved_from)}
    if day.is_worked and day.moved_to:
        return _("working day, its day off is %(day)s") % {"day": day_text(day.moved_to)}
    if day.is_worked:
        return _("working day")
    return day.note or (_("day off") if day.is_own else "")


def _later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _locale() -> str:
    return to_locale(get_language() or "ru").partition("_")[0]
