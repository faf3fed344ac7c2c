"""What the usage report is asked: read from the address, so that a link shows the very same report."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from promocodes.models import Campaign
from promocodes.queries.report import GroupBy, ReportFilter
from promocodes.rules import normalised

WITHOUT_CAMPAIGN = "-"
CUSTOM = "custom"
MOST_DAYS = 3 * 366

PERIODS = [
    ("today", _("today")),
    ("7", _("last 7 days")),
    ("30", _("last 30 days")),
    ("90", _("last 90 days")),
    ("month", _("this month")),
    ("last_month", _("last month")),
    (CUSTOM, _("chosen days")),
]
GROUPS = [
    (GroupBy.CAMPAIGN.value, _("campaign")),
    (GroupBy.CODE.value, _("code")),
    (GroupBy.CHANNEL.value, _("channel")),
    (GroupBy.DAY.value, _("day")),
]
CHANNELS = [
    ("", _("all channels")),
    ("site", _("site")),
    ("app", _("app")),
    ("pos", _("till")),
    ("marketplace", _("marketplace")),
]
METRICS = [
    ("uses", _("uses")),
    ("discount", _("discount given")),
    ("revenue", _("revenue")),
    ("quotes", _("quotes")),
]


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReportForm(forms.Form):
    period = forms.ChoiceField(label=_("Period"), choices=PERIODS)
    first = forms.DateField(label=_("From"), required=False, widget=_day_input())
    last = forms.DateField(label=_("To"), required=False, widget=_day_input())
    group = forms.ChoiceField(label=_("By"), choices=GROUPS)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS, required=False)
    code = forms.CharField(label=_("Promo code"), required=False, max_length=64)
    metric = forms.ChoiceField(label=_("On the chart"), choices=METRICS)
    compare = forms.BooleanField(label=_("Compare with the period before"), required=False)

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(_with_defaults(asked), label_suffix="")
        names = Campaign.objects.order_by("-pk").values_list("name", flat=True)[:300]
        self.fields["campaign"].choices = [  # type: ignore[attr-defined]
            ("", _("all campaigns")),
            (WITHOUT_CAMPAIGN, _("without a campaign")),
            *((name, name) for name in names),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("period") != CUSTOM:
            return values
        first, last = values.get("first"), values.get("last")
        if not (first and last):
            self.add_error("first" if not first else "last", _("Choose both days."))
        elif last < first:
            self.add_error("last", _("The last day is before the first."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", _("A report covers at most three years."))
        return values

    def filter(self) -> ReportFilter:
        """Call when valid."""
        values = self.cleaned_data
        first, last = self.days()
        campaign = {"": None, WITHOUT_CAMPAIGN: ""}.get(values["campaign"], values["campaign"])
        return ReportFilter(
            first_day=first,
            last_day=last,
            group_by=GroupBy(values["group"]),
            campaign=campaign,
            code=(normalised(values["code"]) or values["code"]) if values["code"] else None,
            channel=values["channel"] or None,
            compare=values["compare"],
        )

    def days(self) -> tuple[date, date]:
        today, chosen = timezone.localdate(), self.cleaned_data["period"]
        if chosen == CUSTOM:
            return self.cleaned_data["first"], self.cleaned_data["last"]
        return PERIOD_DAYS[chosen](today)


def _with_defaults(asked: QueryDict) -> QueryDict:
    data = asked.copy()
    data.setdefault("period", CUSTOM if asked.get("first") else "30")
    data.setdefault("group", GroupBy.CAMPAIGN.value)
    data.setdefault("metric", "uses")
    return data


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
