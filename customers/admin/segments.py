"""Segments in the back office: lists by hand, rules by the builder, the map's by name (CU-8).

Customers are shown with their orders, by `orders.admin`.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.admin import rule_editor, segment_page
from customers.models import Segment
from customers.queries.members import member_count
from customers.services import segments
from customers.services.rule_segments import segment_uses
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import number_text

MEMBERS_SHOWN = 50


class SegmentForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=64, help_text=_("Promo codes remember the segment by it."))
    name = forms.CharField(label=_("Name"), max_length=200)
    note = rule_editor.what_for()
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


class StateFilter(admin.SimpleListFilter):
    """Those that are put away are shown when asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("away", _("put away")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "away":
                return queryset.filter(archived_at__isnull=False)
            case "all":
                return queryset
            case _:
                return queryset.filter(archived_at=None)

    def choices(self, changelist: Any) -> Any:
        """Without an answer: those that are offered."""
        found = list(super().choices(changelist))
        found[0]["display"] = _("offered")
        return found


@admin.register(Segment)
class SegmentAdmin(ServiceAdmin):
    service_form = SegmentForm
    fixed_names = frozenset({"code"})
    page_template = "customers/admin/segment.html"
    list_before_template = "customers/admin/segments_above.html"
    list_display = ["title", "kind_badge", "customers_count", "code", "note"]
    list_filter = ["kind", StateFilter]
    search_fields = ["name", "name_en", "code"]
    search_help_text = _("Name or code")
    ordering = ["name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s segment", "%(n)s segments", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(counted=member_count())

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("rule/add/", rule_editor.new_rule, name="customers_segment_rule_add"),
            path("builder/", rule_editor.builder, name="customers_segment_builder"),
            path("count/", rule_editor.count, name="customers_segment_count"),
            path("<int:segment_id>/rule/", rule_editor.edit_rule, name="customers_segment_rule"),
            path("<int:segment_id>/members/", segment_page.members_list, name="customers_segment_members"),
            path("<int:segment_id>/members.csv", segment_page.as_csv, name="customers_segment_csv"),
            path("<int:segment_id>/members.xlsx", segment_page.as_xlsx, name="customers_segment_xlsx"),
            path("<int:segment_id>/archive/", segment_page.archive, name="customers_segment_archive"),
            path("<int:segment_id>/restore/", segment_page.restore, name="customers_segment_restore"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Above the list stand the ways to make one, by conditions and by hand; a plus would be the second only."""
        return super().changelist_view(request, {"has_add_permission": False, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if key_of(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        segment = get_object_or_404(Segment, pk=object_id)
        if segment.kind == Segment.Kind.LIST:
            return self._form_view(request, segment)
        if request.method == "POST" and not self.has_change_permission(request, segment):
            raise PermissionDenied
        return segment_page.show(request, segment)

    def initial_of(self, obj: Segment) -> dict[str, Any]:
        return {"code": obj.code, "name": obj.name, "note": obj.note}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Segment:
        by: Any = request.user
        return segments.put_segment(
            code=values["code"],
            name=values["name"],
            note=values["note"],
            added=_lines(values["added"]),
            removed=_lines(values.get("removed", "")),
            is_new=obj is None,
            by=by,
            now=timezone.now(),
        )

    def _form(self, request: HttpRequest, obj: Any, may_write: bool) -> forms.Form:
        """From a list that is only being made nobody can be removed."""
        form = super()._form(request, obj, may_write)
        if obj is None:
            del form.fields["removed"]
        return form

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        rows = obj.memberships.select_related("customer").order_by("-since", "-pk")
        return {
            "members": rows[:MEMBERS_SHOWN],
            "member_count": obj.memberships.count(),
            "shown": MEMBERS_SHOWN,
            "uses": segment_uses(obj, now=timezone.now()),
        }

    @admin.display(description=_("name"))
    def title(self, obj: Segment) -> str:
        return obj.title

    @admin.display(description=_("kind"))
    def kind_badge(self, obj: Segment) -> SafeString:
        tone = {"list": "mute", "rule": "info", "rfm": "good"}[obj.kind]
        return badge("warn" if obj.archived_at else tone, _("put away") if obj.archived_at else obj.get_kind_display())

    @admin.display(description=_("customers"))
    def customers_count(self, obj: Any) -> str:
        """Of a rule as it was last worked out; a dash until then."""
        return "—" if obj.counted is None else number_text(obj.counted)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
