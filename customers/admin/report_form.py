"""What the report on customers is asked: read from the address, so that a link shows the very same report."""

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from customers.queries.report import ReportFilter
from customers.rules.channels import CHANNELS
from loyalty_site.kernel.periods import CUSTOM, PeriodForm

MONTHS = [("12", _("last 12 months")), ("24", _("last 24 months")), ("36", _("last 36 months"))]
OTHERS = [("90", _("last 90 days")), ("month", _("this month")), ("last_month", _("last month"))]
PERIODS = [*MONTHS, *OTHERS, (CUSTOM, _("chosen days"))]


class ReportForm(PeriodForm):
    period = forms.ChoiceField(label=_("Period"), choices=PERIODS)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    compare = forms.BooleanField(label=_("Compare with the period before"), required=False)

    def __init__(self, asked: QueryDict, *, channels: Sequence[str], segments: Sequence[Segment]) -> None:
        super().__init__(_with_defaults(asked), label_suffix="")
        self.segments = {segment.code: segment for segment in segments}
        known = [(channel, CHANNELS.get(channel, channel)) for channel in channels]
        self.fields["channel"].choices = [("", _("all channels")), *known]
        titles = [(segment.code, segment.title) for segment in segments]
        self.fields["segment"].choices = [("", _("everybody")), *titles]

    def days(self) -> tuple[date, date]:
        """Call when valid. “Last 12 months” are this month and the eleven before."""
        if (chosen := self.cleaned_data["period"]) not in dict(MONTHS):
            return super().days()
        today = timezone.localdate()
        years, month = divmod(today.year * 12 + today.month - int(chosen), 12)
        return date(years, month + 1, 1), today

    def filter(self) -> ReportFilter:
        """Call when valid."""
        first, last = self.days()
        return ReportFilter(
            first_day=first,
            last_day=last,
            channel=self.cleaned_data["channel"],
            segment=self.segments.get(self.cleaned_data["segment"]),
            compare=self.cleaned_data["compare"],
        )

    def before(self) -> tuple[date, date]:
        first, last = self.days()
        return first - timedelta(days=(last - first).days + 1), first - timedelta(days=1)


def _with_defaults(asked: QueryDict) -> QueryDict:
    data = asked.copy()
    data.setdefault("period", CUSTOM if asked.get("first") else "12")
    return data
