"""The report on referrals over HTTP (R-6)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.days_query import DAYS_PARAMETERS, DaysQuery, days_asked
from loyalty_site.kernel.fields import MoneyField
from loyalty_site.kernel.schema import operation
from referrals.models.visit import Via
from referrals.queries.report import Figures, GroupBy, ReportFilter, funnel

PARAMETERS = (
    *DAYS_PARAMETERS,
    OpenApiParameter("via", {"type": "string", "enum": list(Via.values)}, description="By what the link came."),
)
COUNTS = (
    "visits",
    "led_visits",
    "registrations",
    "first_orders",
    "paid",
    "buyers",
    "points",
    "welcome_points",
)
SUMS = ("code_discount", "money", "cost", "revenue", "cost_per_buyer", "revenue_ratio")


class ReferralReportQuery(DaysQuery):
    via = serializers.ChoiceField(choices=Via.choices, required=False)


class ReferralFiguresOut(serializers.Serializer[Any]):
    """Visits of the period, and what has become of those who registered in it. Sums in roubles."""

    visits = serializers.IntegerField()
    led_visits = serializers.IntegerField(help_text="Visits that have led to a registration.")
    registrations = serializers.IntegerField()
    first_orders = serializers.IntegerField(help_text="Of the registered, those whose first order counts.")
    paid = serializers.IntegerField(help_text="Of these, those for whose order a reward was paid.")
    buyers = serializers.IntegerField(help_text="Registered who have bought and kept something.")
    points = serializers.IntegerField(help_text="Paid to referrers, less what was taken back.")
    welcome_points = serializers.IntegerField(help_text="The same, to newcomers.")
    code_discount = MoneyField(help_text="Given by promo codes of rewards.")
    money = MoneyField(help_text="To ambassadors and partners.")
    cost = MoneyField(help_text="Points at today's value, discounts and money.")
    revenue = MoneyField(help_text="Goods paid for by the registered, after refunds, until now.")
    cost_per_buyer = MoneyField(allow_null=True)
    revenue_ratio = MoneyField(allow_null=True, help_text="Revenue ÷ cost.")


class ChannelFiguresOut(ReferralFiguresOut):
    via = serializers.ChoiceField(choices=Via.choices)


class ReferrerFiguresOut(ReferralFiguresOut):
    name = serializers.CharField(help_text="Of the customer or of the ambassador.")
    kind = serializers.ChoiceField(choices=["customer", "ambassador"])


class ReferralTotalOut(ReferralFiguresOut):
    k_factor = serializers.CharField(allow_null=True, help_text="New customers that each customer brings.")


class ReferralReportOut(serializers.Serializer[Any]):
    """The foremost 500 referrers; `total` is of everything."""

    channels = ChannelFiguresOut(many=True)
    referrers = ReferrerFiguresOut(many=True)
    total = ReferralTotalOut()

    def get_fields(self) -> dict[str, Any]:
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**days, "via": serializers.CharField(allow_null=True), **super().get_fields()}


class ReferralReport(ApiView):
    scope = "reports"

    @operation(
        "From visits by links to rewards",
        answer=ReferralReportOut,
        parameters=PARAMETERS,
        tag="reports",
        name="getReferralReport",
    )
    def get(self, request: Request) -> Response:
        given = self.read_query(ReferralReportQuery)
        first, last = days_asked(given)
        asked = ReportFilter(first_day=first, last_day=last, group_by=GroupBy.CHANNEL, via=given.get("via"))
        channels = funnel(asked)
        referrers = funnel(replace(asked, group_by=GroupBy.REFERRER))
        return Response(
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "via": asked.via,
                "channels": [{"via": row.key, **_figures(row.figures)} for row in channels.rows],
                "referrers": [
                    {
                        "name": row.label,
                        "kind": "ambassador" if row.key[0] == "a" else "customer",
                        **_figures(row.figures),
                    }
                    for row in referrers.rows
                ],
                "total": {**_figures(channels.total), "k_factor": _text(channels.total.k_factor)},
            }
        )


def _figures(figures: Figures) -> dict[str, Any]:
    counts = {name: getattr(figures, name) for name in COUNTS}
    return counts | {name: _text(getattr(figures, name)) for name in SUMS}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
