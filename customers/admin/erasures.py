"""Requests to be forgotten and who was forgotten, for staff (CU-4). What is done is done on the customer's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.models import ErasedCustomer, ErasureRequest
from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import day_text, moment_text


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ReadOnlyAdmin):
    list_display = ["who", "asked", "source", "asked_by", "state", "due", "reason"]
    list_display_links = None
    list_filter = ["source"]
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s request", "%(n)s requests", "n")
    list_before_template = "customers/admin/_erasures_head.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer", "asked_by")

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: ErasureRequest) -> str:
        number = _("Customer No. %(number)s") % {"number": obj.customer_id}
        if obj.done_at is not None:
            return number
        address = reverse("admin_customer_erase", args=[obj.customer_id])
        return format_html('<a href="{}">{}</a>', address, obj.customer.full_name or number)

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, obj: ErasureRequest) -> str:
        return moment_text(obj.asked_at)

    @admin.display(description=gettext_lazy("to be erased"))
    def due(self, obj: ErasureRequest) -> str:
        return day_text(obj.due_at)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: ErasureRequest) -> str:
        if obj.done_at is not None:
            return badge("plain", _("erased"))
        if obj.cancelled_at is not None:
            return badge("plain", _("called off"))
        return badge("warn", _("waits for its day"))


@admin.register(ErasedCustomer)
class ErasedCustomerAdmin(ReadOnlyAdmin):
    """Ids only: what a backup is put right by."""

    list_display = ["customer_key", "public_id", "erased"]
    list_display_links = None
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s customer", "%(n)s customers", "n")

    @admin.display(description=gettext_lazy("erased"))
    def erased(self, obj: ErasedCustomer) -> str:
        return moment_text(obj.erased_at)
