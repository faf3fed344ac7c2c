"""Customers for staff: fast search, details, orders and uses of codes (CU-10 as far as there is something to show)."""

from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import RelatedDropdownFilter

from customers import services
from customers.models import Consent, Customer
from customers.rules import normalised_phone
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import moment_text
from orders.admin.customer_filters import LapsingFilter, TierFilter, tier_column
from orders.admin.customer_tier import tier_story
from orders.models import Order
from promocodes.queries.overview import uses_by_customer

SHOWN = 20


class CustomerForm(forms.Form):
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=32, required=False, help_text=gettext_lazy("In any spelling.")
    )
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
    )
    external_id = forms.CharField(label=gettext_lazy("External id"), max_length=64, required=False)
    consents = forms.MultipleChoiceField(
        label=gettext_lazy("Consents"),
        choices=Consent.Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick only what the customer has agreed to."),
    )


@admin.register(Customer)
class CustomerAdmin(ServiceAdmin):
    service_form = CustomerForm
    page_template = "orders/admin/customer.html"
    list_filter = [TierFilter, LapsingFilter, ("segments", RelatedDropdownFilter)]
    search_fields = ["email"]
    search_help_text = gettext_lazy("E-mail, last name, phone or number")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s customer", "%(n)s customers", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("tier_standing__tier")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["who", "email", "phone", tier_column(), "registered"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(_search(typed)) if typed else queryset), False

    def initial_of(self, obj: Customer) -> dict[str, Any]:
        live = obj.consents.filter(withdrawn_at=None).values_list("purpose", flat=True)
        names = [name for name in self.service_form.base_fields if name != "consents"]
        return {**{name: getattr(obj, name) or "" for name in names}, "consents": list(live)}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Customer:
        now, source = timezone.now(), "back office"
        details = {name: values[name] for name in values if name != "consents"}
        for name in ("email", "phone", "external_id"):
            details[name] = details[name] or None
        if obj is None:
            return services.register_customer(**details, consents=values["consents"], now=now, source=source)
        return services.update_customer(
            customer_id=obj.pk, changes=details, consents=values["consents"], now=now, source=source
        )

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {**_story(obj), **tier_story(obj, now=timezone.now())} if obj else {}

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: Customer) -> str:
        return obj.full_name or _("Customer No. %(number)s") % {"number": obj.pk}

    @admin.display(description=gettext_lazy("registered"))
    def registered(self, obj: Customer) -> str:
        return moment_text(obj.registered_at)


def _search(typed: str) -> Q:
    """Each part is answered by an index: trigrams for e-mail and last name, unique ones for the rest."""
    found = Q(email__icontains=typed) | Q(external_id=typed)
    for word in typed.split()[:3]:
        found |= Q(last_name__icontains=word)
    if typed.lstrip("№#").isdigit() and len(typed) < 10:
        found |= Q(pk=int(typed.lstrip("№#")))
    with suppress(ValueError):
        found |= Q(phone=normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION))
    return found


def _story(customer: Customer) -> dict[str, Any]:
    """The last orders and uses, with totals over all of them."""
    orders = Order.objects.filter(customer=customer).order_by("-placed_at", "-pk")
    bought = customer.purchases.aggregate(
        count=Count("pk"), goods=Sum("goods_amount"), refunded=Sum("refunded_amount"), discount=Sum("discount_amount")
    )
    return {
        "orders": orders.defer("quote")[:SHOWN],
        "uses": [
            {"use": use, "number": use.order_ref.partition(":")[2]} for use in uses_by_customer(customer.pk)[:SHOWN]
        ],
        "bought": bought,
        "kept": (bought["goods"] or 0) - (bought["refunded"] or 0),
        "segments_of": customer.segments.order_by("name", "pk"),
    }
