"""The list of customers for staff, with its search and filters, and the way to each one's page (CU-10)."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter

from customers import services
from customers.models import Customer
from customers.queries import living, search_customers
from loyalty_site.kernel.backoffice import attempt_form
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import day_text
from orders.admin.customer import actions
from orders.admin.customer.columns import rfm_column, tier_column
from orders.admin.customer.filters import (
    CellFilter,
    LapsingFilter,
    ManagerFilter,
    RfmFilter,
    SegmentFilter,
    TagFilter,
    TierFilter,
)
from orders.admin.customer.forms import CustomerForm
from orders.admin.customer.page import customer_page, initial_of, shown_customers
from orders.admin.customer.timeline import timeline

# The best of so many are looked through by the filters.
MOST_FOUND = 1000


@admin.register(Customer)
class CustomerAdmin(ServiceAdmin):
    service_form = CustomerForm
    list_filter = [
        TierFilter,
        LapsingFilter,
        RfmFilter,
        CellFilter,
        SegmentFilter,
        TagFilter,
        ManagerFilter,
        ("registered_at", RangeDateFilter),
    ]
    # What is searched is the query's to say: `get_search_results` below.
    search_fields = ["email"]
    search_help_text = gettext_lazy("Name, phone, e-mail, number of a customer, order or card, promo code")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s customer", "%(n)s customers", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("tier_standing__tier", "rfm", "manager")
        return rows.prefetch_related("tagged__tag")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["who", "reach", tier_column(), rfm_column(), "last_purchase", "tags"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The best first. Who is merged or erased is found by his number alone."""
        typed = search_term.strip()
        if not typed:
            return queryset.filter(pk__in=living().values("pk")), False
        keys = search_customers(typed, limit=MOST_FOUND if len(request.GET) > 1 else self.list_per_page * 4)
        place = Case(
            *[When(pk=key, then=Value(number)) for number, key in enumerate(keys)], output_field=IntegerField()
        )
        return queryset.filter(pk__in=keys).order_by(place) if keys else queryset.none(), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:customer_id>/timeline/", timeline, name="customers_customer_timeline"),
            path("<int:customer_id>/note/", actions.write_note, name="customers_customer_note"),
            path("note/<int:note_id>/strike/", actions.strike_note, name="customers_note_strike"),
            path("note/<int:note_id>/pin/", actions.pin_note, name="customers_note_pin"),
            path("<int:customer_id>/tag/", actions.add_tag, name="customers_customer_tag"),
            path("<int:customer_id>/untag/", actions.take_tag, name="customers_customer_untag"),
            path("<int:customer_id>/manager/", actions.set_manager, name="customers_customer_manager"),
            path("<int:customer_id>/code/", actions.give_code, name="customers_customer_code"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if key_of(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        customer = get_object_or_404(shown_customers(), pk=object_id)
        if request.method != "POST":
            return customer_page(request, customer)
        if not self.has_change_permission(request, customer) or customer.merged_into_id or customer.erased_at:
            raise PermissionDenied
        form = CustomerForm(request.POST, initial=initial_of(customer), label_suffix="")
        if form.is_valid():
            saved = attempt_form(form, lambda: self.carry_out(request, customer, form.cleaned_data))
            if saved is not None:
                messages.success(request, _("Saved: %(name)s.") % {"name": saved})
                return redirect("admin:customers_customer_change", customer.pk)
        return customer_page(request, get_object_or_404(shown_customers(), pk=object_id), status=422, form=form)

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

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: Customer) -> str | SafeString:
        name = obj.full_name or _("Customer No. %(number)s") % {"number": obj.pk}
        if obj.merged_into_id or obj.erased_at:
            said = _("merged") if obj.merged_into_id else _("erased")
            return format_html('{} <span class="bo-badge bo-badge--warn">{}</span>', name, said)
        return format_html('<span class="bo-nowrap">{}</span>', name)

    @admin.display(description=gettext_lazy("how to reach"))
    def reach(self, obj: Customer) -> SafeString:
        shown = [part for part in (obj.email, obj.phone.as_international if obj.phone else "") if part]
        return format_html_join(mark_safe("<br>"), '<span class="bo-nowrap">{}</span>', ((part,) for part in shown))

    @admin.display(description=gettext_lazy("last purchase"))
    def last_purchase(self, obj: Customer) -> str:
        rfm = getattr(obj, "rfm", None)
        return day_text(rfm.last_paid_at) if rfm else ""

    @admin.display(description=gettext_lazy("tags"))
    def tags(self, obj: Customer) -> SafeString:
        names = sorted(row.tag.name for row in obj.tagged.all())
        return format_html_join(" ", '<span class="bo-badge">{}</span>', ((name,) for name in names))
