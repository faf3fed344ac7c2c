"""Memberships that were bought: read here, written by the till (T-5)."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import day_text, money_text
from tiers.admin.filters import LifeFilter, PlanFilter
from tiers.admin.ports import order_links
from tiers.models import Membership


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_filter = [LifeFilter, PlanFilter]
    search_fields = ["customer__email"]
    search_help_text = gettext_lazy("E-mail or last name of the customer")
    list_display_links = None
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s membership", "%(n)s memberships", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer", "plan", "tier")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        found = Q(customer__email__icontains=typed) | Q(customer__last_name__icontains=typed)
        return (queryset.filter(found) if typed else queryset), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        request.order_links = order_links(row.order_ref for row in found.result_list)
        return found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["who", "plan", "state", "period", "fee", _order_column(request)]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A membership has no page of its own: it stands on its customer's."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        membership = self.get_object(request, object_id)
        if membership is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect("admin:customers_customer_change", membership.customer_id)

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: Membership) -> SafeString:
        return format_html('<a href="../../customers/customer/{}/change/">{}</a>', obj.customer_id, obj.customer)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Membership) -> SafeString:
        return life_badge(obj, timezone.now())

    @admin.display(description=gettext_lazy("period"))
    def period(self, obj: Membership) -> str:
        return f"{day_text(obj.starts_at)} – {day_text(obj.ends_at)}"

    @admin.display(description=gettext_lazy("fee"))
    def fee(self, obj: Membership) -> str:
        return money_text(obj.fee_amount)


def life_badge(membership: Membership, now: datetime) -> SafeString:
    if membership.refunded_at:
        return badge("bad", _("refunded"))
    if membership.ends_at <= now:
        return badge("", _("ended"))
    if membership.starts_at > now:
        return badge("info", _("begins later"))
    return badge("good", _("live"))


def _order_column(request: Any) -> Any:
    """A column made for one page: its orders were asked for at once."""

    @admin.display(description=gettext_lazy("order"))
    def order(obj: Membership) -> SafeString | str:
        link = getattr(request, "order_links", {}).get(obj.order_ref)
        return format_html('<a href="{}">№\N{NO-BREAK SPACE}{}</a>', link[1], link[0]) if link else obj.order_ref

    return order
