"""Segments in the back office. Customers are shown with their orders, by `orders.admin`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.models import Segment
from customers.services import segments
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import number_text

MEMBERS_SHOWN = 50


class SegmentForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=64, help_text=_("Promo codes remember the segment by it."))
    name = forms.CharField(label=_("Name"), max_length=200)
    added = forms.CharField(
        label=_("Add customers"),
        help_text=_("E-mails or numbers, one on a line."),
        required=False,
        max_length=200_000,
        widget=forms.Textarea,
    )
    removed = forms.CharField(
        label=_("Remove customers"),
        help_text=_("E-mails or numbers, one on a line."),
        required=False,
        max_length=200_000,
        widget=forms.Textarea,
    )


@admin.register(Segment)
class SegmentAdmin(ServiceAdmin):
    service_form = SegmentForm
    fixed_names = frozenset({"code"})
    page_template = "customers/admin/segment.html"
    list_display = ["name", "code", "members"]
    search_fields = ["name", "code"]
    search_help_text = _("Name or code")
    ordering = ["name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s segment", "%(n)s segments", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    def initial_of(self, obj: Segment) -> dict[str, Any]:
        return {"code": obj.code, "name": obj.name}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Segment:
        return segments.put_segment(
            code=values["code"],
            name=values["name"],
            added=_lines(values["added"]),
            removed=_lines(values["removed"]),
            is_new=obj is None,
            now=timezone.now(),
        )

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        members = obj.memberships.select_related("customer").order_by("-since", "-pk")
        return {"members": members[:MEMBERS_SHOWN], "member_count": obj.member_count, "shown": MEMBERS_SHOWN}

    @admin.display(description=_("customers"))
    def members(self, obj: Any) -> str:
        return number_text(obj.member_count)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
