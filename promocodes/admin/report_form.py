"""What the usage report is asked: read from the address, so that a link shows the very same report."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.periods import CUSTOM, PeriodForm
from promocodes.models import Campaign
from promocodes.queries.report import GroupBy, ReportFilter
from promocodes.rules import normalised

WITHOUT_CAMPAIGN = "-"
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


class ReportForm(PeriodForm):
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


def _with_defaults(asked: QueryDict) -> QueryDict:
    data = asked.copy()
    data.setdefault("period", CUSTOM if asked.get("first") else "30")
    data.setdefault("group", GroupBy.CAMPAIGN.value)
    data.setdefault("metric", "uses")
    return data
