"""The list of orders and the addresses of their pages."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from customers.models import Customer
from loyalty_site.kernel.backoffice import ShopAdmin
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.texts import moment_text, money_text
from orders.admin import order_actions, order_page
from orders.admin.asking import phone_or_empty
from orders.admin.new_order import new_order
from orders.models import Order
from promocodes.rules import readings

ORDER_FIELDS_SHOWN = (
    "status",
    "channel",
    "customer",
    "contact_name",
    "contact_email",
    "total",
    "discount_total",
    "promo_code",
    "placed_at",
    "external_number",
)


class PlacedFilter(DropdownFilter):
    title = _("placed")
    parameter_name = "placed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("0", _("today")), ("6", _("last 7 days")), ("29", _("last 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("0", "6", "29"):
            return queryset
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(placed_at__gte=midnight - timezone.timedelta(days=int(str(self.value()))))


class CodeFilter(DropdownFilter):
    title = _("promo code")
    parameter_name = "with_code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with a promo code")), ("no", _("without"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.exclude(promo_code="")
        return queryset.filter(promo_code="") if self.value() == "no" else queryset


class CustomerFilter(DropdownFilter):
    """Reached from the customer's page; offers no choice by itself."""

    title = _("customer")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        key = key_of(request.GET.get("of"))
        found = Customer.objects.filter(pk=key).first() if key else None
        return [(str(found.pk), str(found))] if found else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(customer=key) if (key := key_of(self.value())) else queryset


@admin.register(Order)
class OrderAdmin(ShopAdmin):
    list_display = ["number_link", "status_badge", "placed", "buyer", "sum", "code", "channel"]
    list_display_links = None
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        PlacedFilter,
        CodeFilter,
        CustomerFilter,
    ]
    search_fields = ["pk"]
    search_help_text = _("Number, e-mail, phone, last name or promo code")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s order", "%(n)s orders", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return (
            super()
            .get_queryset(request)
            .select_related("customer")
            .only(
                *ORDER_FIELDS_SHOWN,
                "customer__first_name",
                "customer__last_name",
                "customer__email",
                "customer__phone",
                "customer__external_id",
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip().lstrip("№#").strip()
        return (queryset.filter(_search(typed)) if typed else queryset), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:order_id>/change/", order_page.show, name="orders_order_page"),
            path("<int:order_id>/pay/", order_actions.pay, name="orders_order_pay"),
            path("<int:order_id>/complete/", order_actions.complete, name="orders_order_complete"),
            path("<int:order_id>/cancel/", order_actions.cancel, name="orders_order_cancel"),
            path("<int:order_id>/refund/", order_actions.refund, name="orders_order_refund"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return new_order(request)

    @admin.display(description=_("number"))
    def number_link(self, obj: Order) -> SafeString:
        return format_html('<a class="bo-code-link" href="{}/change/">№ {}</a>', obj.pk, obj.number)

    @admin.display(description=_("status"))
    def status_badge(self, obj: Order) -> SafeString:
        return badge(obj.status, obj.get_status_display())

    @admin.display(description=_("placed"))
    def placed(self, obj: Order) -> str:
        return moment_text(obj.placed_at)

    @admin.display(description=_("customer"))
    def buyer(self, obj: Order) -> str:
        return str(obj.customer) if obj.customer else obj.contact_name or obj.contact_email or str(_("guest"))

    @admin.display(description=_("total"))
    def sum(self, obj: Order) -> str:
        return money_text(obj.total)

    @admin.display(description=_("promo code"), empty_value="—")
    def code(self, obj: Order) -> SafeString | None:
        return format_html('<span class="bo-mono">{}</span>', obj.promo_code) if obj.promo_code else None


def _search(typed: str) -> Q:
    """Every part is answered by an index but the guest's e-mail, which is only asked for what looks like one."""
    if typed.isdecimal() and len(typed) < 10:
        return Q(pk=int(typed)) | Q(external_number=typed)
    if "@" in typed:
        customers = Customer.objects.filter(email__icontains=typed).values("pk")[:200]
        return Q(customer__in=list(customers.values_list("pk", flat=True))) | Q(contact_email__iexact=typed)
    people = Q(last_name__icontains=typed)
    if phone := phone_or_empty(typed):
        people |= Q(phone=phone)
    customers = Customer.objects.filter(people).values_list("pk", flat=True)[:200]
    return Q(promo_code__in=readings(typed)) | Q(external_number=typed) | Q(customer__in=list(customers))
