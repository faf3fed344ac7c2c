"""The days that a report is asked of: named periods or chosen days, read from the address."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CUSTOM = "custom"
MOST_DAYS = 3 * 366
# A day before the first that a date can hold, or after the last, would be asked for.
FIRST_YEAR, LAST_YEAR = 1900, 2999

PERIODS = [
    ("today", _("today")),
    ("7", _("last 7 days")),
    ("30", _("last 30 days")),
    ("90", _("last 90 days")),
    ("month", _("this month")),
    ("last_month", _("last month")),
    (CUSTOM, _("chosen days")),
]


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """The last 30 days unless told; `first` and `last` count, both included, when the period is “chosen days”."""

    period = forms.ChoiceField(label=_("Period"), choices=PERIODS)
    first = forms.DateField(label=_("From"), required=False, widget=_day_input())
    last = forms.DateField(label=_("To"), required=False, widget=_day_input())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("period") != CUSTOM:
            return values
        first, last = values.get("first"), values.get("last")
        if not (first and last):
            self.add_error("first" if not first else "last", _("Choose both days."))
        elif odd := [name for name in ("first", "last") if not FIRST_YEAR <= values[name].year <= LAST_YEAR]:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            self.add_error(odd[0], _("Choose a day from the years %(first)d to %(last)d.") % years)
        elif last < first:
            self.add_error("last", _("The last day is before the first."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", _("A report covers at most three years."))
        return values

    def days(self) -> tuple[date, date]:
        """Call when valid."""
        today, chosen = timezone.localdate(), self.cleaned_data["period"]
        if chosen == CUSTOM:
            return self.cleaned_data["first"], self.cleaned_data["last"]
        return PERIOD_DAYS[chosen](today)


def _last(count: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=count - 1), today)


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


PERIOD_DAYS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": _last(1),
    "7": _last(7),
    "30": _last(30),
    "90": _last(90),
    "month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
}
