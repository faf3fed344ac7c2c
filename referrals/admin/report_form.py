"""What the report on referrals is asked: read from the address, so that a link shows the very same report."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty_site.kernel.periods import CUSTOM, PeriodForm
from referrals.models.visit import Via
from referrals.queries.report import GroupBy, ReportFilter, Who

GROUPS = [
    (GroupBy.DAY.value, _("day")),
    (GroupBy.WEEK.value, _("week")),
    (GroupBy.MONTH.value, _("month")),
    (GroupBy.CHANNEL.value, _("channel")),
    (GroupBy.REFERRER.value, _("referrer")),
]
WHO = [
    ("", pgettext_lazy("referrers", "all")),
    (Who.CUSTOMERS.value, _("customers")),
    (Who.AMBASSADORS.value, _("ambassadors and partners")),
]
STEPS, MONEY = "steps", "money"
METRICS = [
    (STEPS, _("registrations, first orders, paid")),
    (MONEY, _("cost and revenue")),
    ("visits", _("visits by links")),
    ("registrations", _("registrations")),
    ("cost", _("cost")),
    ("revenue", _("revenue")),
]


class ReportForm(PeriodForm):
    group = forms.ChoiceField(label=_("By"), choices=GROUPS)
    via = forms.ChoiceField(label=_("Channel"), choices=[("", _("all channels")), *Via.choices], required=False)
    who = forms.ChoiceField(label=_("Whose links"), choices=WHO, required=False)
    q = forms.CharField(label=_("Referrer"), help_text=_("name, e-mail, phone or code"), required=False, max_length=100)
    metric = forms.ChoiceField(label=_("On the chart"), choices=METRICS)
    compare = forms.BooleanField(label=_("Compare with the period before"), required=False)

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(_with_defaults(asked), label_suffix="")

    def filter(self) -> ReportFilter:
        """Call when valid."""
        values = self.cleaned_data
        first, last = self.days()
        return ReportFilter(
            first_day=first,
            last_day=last,
            group_by=GroupBy(values["group"]),
            via=values["via"] or None,
            who=Who(values["who"]) if values["who"] else None,
            search=values["q"],
            compare=values["compare"],
        )


def _with_defaults(asked: QueryDict) -> QueryDict:
    data = asked.copy()
    data.setdefault("period", CUSTOM if asked.get("first") else "30")
    data.setdefault("group", GroupBy.DAY.value)
    data.setdefault("metric", STEPS)
    return data
