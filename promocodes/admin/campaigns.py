"""Campaigns: their budget and how much of it is given (PC-15, PC-17)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.kernel.number_fields import DecimalField
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import moment_text, money_text, percent_text
from promocodes import services
from promocodes.models import Campaign

WARN_AT, FULL_AT = 80, 100


class CampaignForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    budget = DecimalField(
        label=gettext_lazy("Budget of discount, roubles"),
        help_text=gettext_lazy("All codes of the campaign together never give more. Empty: no budget."),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    budget_policy = forms.ChoiceField(
        label=gettext_lazy("When the budget runs out"), choices=Campaign.BudgetPolicy.choices
    )
    note = forms.CharField(label=gettext_lazy("Note for colleagues"), required=False, widget=forms.Textarea)


@admin.register(Campaign)
class CampaignAdmin(ServiceAdmin):
    service_form = CampaignForm
    page_template = "promocodes/admin/campaign.html"
    asked_names = frozenset({"name"})
    list_display = ["name", "budget_bar", "created_by", "created"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s campaign", "%(n)s campaigns", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("spending", "created_by")

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Campaign:
        by: Any = request.user
        if obj is None:
            return services.create_campaign(**values, by=by, now=timezone.now())
        return services.edit_campaign(campaign_id=obj.pk, **values, by=by, now=timezone.now())

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        counts = obj.terms.aggregate(terms=Count("pk"), batches=Count("batch"))
        return {"bar": budget_bar(obj), "counts": counts}

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, obj: Campaign) -> str:
        return moment_text(obj.created_at)

    @admin.display(description=gettext_lazy("budget"))
    def budget_bar(self, obj: Campaign) -> SafeString | str:
        return budget_bar(obj)


def budget_bar(campaign: Campaign) -> SafeString | str:
    """`200 ₽ of 1 000 ₽, 20 %` with a bar; only the sum given where there is no budget."""
    spent = campaign.spending.spent if hasattr(campaign, "spending") else Decimal(0)
    if campaign.budget is None:
        return _("%(spent)s given, no budget") % {"spent": money_text(spent)}
    share = 100 if not campaign.budget else int(spent * 100 / campaign.budget)
    mood = "bad" if share >= FULL_AT else "warn" if share >= WARN_AT else "good"
    text = _("%(spent)s of %(budget)s, %(share)s") % {
        "spent": money_text(spent),
        "budget": money_text(campaign.budget),
        "share": percent_text(Decimal(share)),
    }
    bar = '<div class="bo-budget"><div class="bo-bar bo-bar--{}"><span style="width:{}%"></span></div>{}</div>'
    return format_html(bar, mood, min(share, 100), text)
