"""The usage report over HTTP (PC-21)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.days_query import DAYS_PARAMETERS, DaysQuery, days_asked
from loyalty_site.kernel.fields import MoneyField, TextField
from loyalty_site.kernel.schema import operation
from promocodes.queries.report import Figures, GroupBy, ReportFilter, ReportRow, usage_report

PARAMETERS = (
    *DAYS_PARAMETERS,
    OpenApiParameter("campaign", {"type": "string", "maxLength": 200}, description="A campaign's name."),
)


class ReportQuery(DaysQuery):
    campaign = TextField(required=False, max_length=200)


class FiguresOut(serializers.Serializer[Any]):
    """Sums in roubles; averages and the rate are null where there is nothing to divide by."""

    quotes = serializers.IntegerField(help_text="Quotes that asked for a code.")
    applied_quotes = serializers.IntegerField()
    uses = serializers.IntegerField(help_text="Uses taken and kept; those given back are not among them.")
    releases = serializers.IntegerField(help_text="Uses given back in the period.")
    discount = MoneyField()
    revenue = MoneyField(help_text="Goods paid for with a code, after refunds.")
    paid_orders = serializers.IntegerField()
    average_order_with = MoneyField(allow_null=True)
    average_order_without = MoneyField(allow_null=True)
    new_customers = serializers.IntegerField()
    repeat_rate = MoneyField(allow_null=True, help_text="Percent of buyers who have bought again since.")


class CodeFiguresOut(FiguresOut):
    code = serializers.CharField()


class CampaignFiguresOut(FiguresOut):
    campaign = serializers.CharField()


class ReportOut(serializers.Serializer[Any]):
    """The busiest 500 codes and campaigns; `total` is of everything."""

    codes = CodeFiguresOut(many=True)
    campaigns = CampaignFiguresOut(many=True)
    total = FiguresOut()

    def get_fields(self) -> dict[str, Any]:
        days = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**days, "campaign": serializers.CharField(allow_null=True), **super().get_fields()}


class UsageReport(ApiView):
    scope = "reports"

    @operation(
        "How codes are used",
        answer=ReportOut,
        parameters=PARAMETERS,
        tag="reports",
        name="getPromoCodeReport",
    )
    def get(self, request: Request) -> Response:
        asked = _filter(self.read_query(ReportQuery))
        codes = usage_report(asked)
        campaigns = usage_report(replace(asked, group_by=GroupBy.CAMPAIGN))
        return Response(
            {
                "from": asked.first_day.isoformat(),
                "to": asked.last_day.isoformat(),
                "campaign": asked.campaign,
                "codes": [{"code": row.key, **_figures(row.figures)} for row in codes.rows],
                "campaigns": [_campaign(row) for row in campaigns.rows],
                "total": _figures(codes.total),
            }
        )


def _filter(given: dict[str, Any]) -> ReportFilter:
    first, last = days_asked(given)
    return ReportFilter(first_day=first, last_day=last, group_by=GroupBy.CODE, campaign=given.get("campaign"))


def _campaign(row: ReportRow) -> dict[str, Any]:
    return {"campaign": row.label if row.key else "", **_figures(row.figures)}


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "quotes": figures.quotes,
        "applied_quotes": figures.applied_quotes,
        "uses": figures.uses,
        "releases": figures.releases,
        "discount": _money(figures.discount),
        "revenue": _money(figures.revenue),
        "paid_orders": figures.paid_orders,
        "average_order_with": _money(figures.average_with),
        "average_order_without": _money(figures.average_without),
        "new_customers": figures.new_customers,
        "repeat_rate": _money(figures.repeat_rate),
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
