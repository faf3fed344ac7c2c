"""The list of tags in the back office: made and renamed, never taken away (CU-10)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers import services
from customers.models import Tag
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import number_text


class TagForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("As it is read on the page of a customer. Conditions of segments ask for the code, which stays."),
    )


@admin.register(Tag)
class TagAdmin(ServiceAdmin):
    service_form = TagForm
    list_display = ["name", "code", "customers"]
    search_fields = ["name", "code"]
    search_help_text = _("Name or code")
    ordering = ["name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s tag", "%(n)s tags", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(customer_count=Count("tagged"))

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Tag:
        return services.put_tag(tag_id=obj.pk if obj else None, name=values["name"])

    @admin.display(description=_("customers"))
    def customers(self, obj: Any) -> SafeString:
        address = reverse("admin:customers_customer_changelist") + f"?tag={obj.code}"
        return format_html('<a href="{}">{}</a>', address, number_text(obj.customer_count))
