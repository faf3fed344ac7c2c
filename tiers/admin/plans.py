"""Membership plans and the memberships bought with them (T-5)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import money_text, number_text
from tiers import queries, services
from tiers.admin.ports import product_names
from tiers.admin.words import told
from tiers.models import MembershipPlan, Tier
from tiers.queries.edits import edits


class PlanForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Latin letters and digits. Fixed once saved.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    sku = forms.CharField(
        label=gettext_lazy("The fee's SKU"),
        max_length=64,
        help_text=gettext_lazy("Whoever pays for these goods becomes a member. The fee is their price."),
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"), help_text=gettext_lazy("Its privileges, whatever the customer has earned.")
    )
    months = forms.IntegerField(label=gettext_lazy("Lasts, months"), min_value=1, max_value=120)
    is_active = forms.BooleanField(label=gettext_lazy("On sale"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = queries.tier_choices()

    def clean_sku(self) -> str:
        """The catalogue must have it: nobody could buy a fee that is not there."""
        sku = str(self.cleaned_data["sku"]).strip()
        if sku not in product_names([sku]):
            raise forms.ValidationError(_("The catalogue has no product with this SKU. Make it first."))
        return sku


@admin.register(MembershipPlan)
class MembershipPlanAdmin(ServiceAdmin):
    service_form = PlanForm
    fixed_names = frozenset({"code"})
    page_template = "tiers/admin/plan.html"
    ordering = ["pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s plan", "%(n)s plans", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = timezone.now()
        live = Q(memberships__refunded_at__isnull=True, memberships__starts_at__lte=now, memberships__ends_at__gt=now)
        return (
            super().get_queryset(request).select_related("tier").annotate(live_count=Count("memberships", filter=live))
        )

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["name", "tier_name", "lasts", _fee_column(), "live", "on_sale"]

    def initial_of(self, obj: MembershipPlan) -> dict[str, Any]:
        return {**super().initial_of(obj), "tier": obj.tier.code}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> MembershipPlan:
        by: Any = request.user
        return services.save_plan(plan_id=obj.pk if obj else None, **values, by=by)

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        names = {("tier", tier.pk): tier.shown_name for tier in Tier.objects.all()}
        return {
            "product": product_names([obj.sku]).get(obj.sku),
            "changes": told(edits("MembershipPlanEvent", obj_id=obj.pk), names),
        }

    @admin.display(description=gettext_lazy("tier"))
    def tier_name(self, obj: MembershipPlan) -> str:
        return obj.tier.shown_name

    @admin.display(description=gettext_lazy("lasts"))
    def lasts(self, obj: MembershipPlan) -> str:
        return months_text(obj.months)

    @admin.display(description=gettext_lazy("members now"))
    def live(self, obj: Any) -> SafeString:
        link = '<a href="../membership/?plan={}&amp;life=live">{}</a>'
        return format_html(link, obj.code, number_text(obj.live_count))

    @admin.display(description=gettext_lazy("on sale"))
    def on_sale(self, obj: MembershipPlan) -> SafeString:
        return badge("good", _("yes")) if obj.is_active else badge("warn", _("no"))


def months_text(months: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": number_text(months)}


def _fee_column() -> Any:
    """A column made for one page, so that the catalogue is asked once for all its rows."""
    products = SimpleLazyObject(lambda: product_names(MembershipPlan.objects.values_list("sku", flat=True)))

    @admin.display(description=gettext_lazy("fee"))
    def fee(obj: MembershipPlan) -> str | SafeString:
        product = products.get(obj.sku)
        return money_text(product[1]) if product else badge("bad", _("no such SKU: %(sku)s") % {"sku": obj.sku})

    return fee
