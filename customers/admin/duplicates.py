"""Possible duplicates and merges in the back office (CU-3)."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from customers.admin import merge_page
from customers.admin.duplicate_words import signs_text, state_badge
from customers.models import Customer, Duplicate, Merge
from customers.queries.search import search_customers
from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.texts import day_text, moment_text

MOST_FOUND = 200


def customer_link(customer: Customer) -> SafeString:
    name = str(customer) or f"№ {customer.pk}"
    return format_html('<a href="{}">{}</a>', reverse("admin:customers_customer_change", args=[customer.pk]), name)


class PairStateFilter(DropdownFilter):
    title = gettext_lazy("decision")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Duplicate.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return queryset.filter(state=state) if state in Duplicate.State.values else queryset


@admin.register(Duplicate)
class DuplicateAdmin(ReadOnlyAdmin):
    list_display = ["pair", "sure", "older", "newer", "why", "decision", "found"]
    list_display_links = None
    list_filter = [PairStateFilter]
    search_fields = ["first__last_name"]
    search_help_text = gettext_lazy("Name, e-mail, phone or number of either")
    sortable_by = ()
    ordering = [
        Case(When(state="open", then=Value(0)), default=Value(1), output_field=IntegerField()),
        F("score").desc(),
        "-pk",
    ]
    counted = ngettext_lazy("%(n)s pair", "%(n)s pairs", "n")
    list_before_template = "customers/admin/_duplicates_head.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("first", "second")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        keys = search_customers(search_term, limit=MOST_FOUND)
        return queryset.filter(first__in=keys) | queryset.filter(second__in=keys), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:duplicate_id>/change/", merge_page.show_pair, name="customers_duplicate_page"),
            path("<int:duplicate_id>/different/", merge_page.different, name="customers_duplicate_different"),
            path("look/", merge_page.look, name="customers_duplicate_look"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("pair"))
    def pair(self, obj: Duplicate) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("how sure"))
    def sure(self, obj: Duplicate) -> SafeString:
        return format_html('<span class="bo-nowrap">{}\N{NO-BREAK SPACE}%</span>', obj.score)

    @admin.display(description=gettext_lazy("older customer"))
    def older(self, obj: Duplicate) -> SafeString:
        return customer_link(obj.first)

    @admin.display(description=gettext_lazy("newer customer"))
    def newer(self, obj: Duplicate) -> SafeString:
        return customer_link(obj.second)

    @admin.display(description=gettext_lazy("what they share"))
    def why(self, obj: Duplicate) -> str:
        return signs_text(obj.signs)

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, obj: Duplicate) -> SafeString:
        return state_badge(obj)

    @admin.display(description=gettext_lazy("found"))
    def found(self, obj: Duplicate) -> str:
        return day_text(obj.found_at)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["number", "survivor_link", "absorbed_number", "reason", "merged_by", "moment"]
    list_display_links = None
    search_fields = ["reason"]
    search_help_text = gettext_lazy("Name, e-mail, phone or number of the customer, or the reason")
    sortable_by = ()
    ordering = ["-pk"]
    counted = ngettext_lazy("%(n)s merge", "%(n)s merges", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("survivor", "merged_by")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        keys = search_customers(text, limit=MOST_FOUND)
        found = queryset.filter(survivor__in=keys) | queryset.filter(absorbed__in=keys)
        return found | queryset.filter(reason__icontains=text), False

    def get_urls(self) -> list[URLPattern]:
        own = [path("<int:merge_id>/change/", merge_page.show_merge, name="customers_merge_page")]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("merge"))
    def number(self, obj: Merge) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("customer that stays"))
    def survivor_link(self, obj: Merge) -> SafeString:
        return customer_link(obj.survivor)

    @admin.display(description=gettext_lazy("merged into it"))
    def absorbed_number(self, obj: Merge) -> SafeString:
        return format_html('<span class="bo-nowrap">№ {}</span>', obj.absorbed_id)

    @admin.display(description=gettext_lazy("merged"))
    def moment(self, obj: Merge) -> str:
        return moment_text(obj.merged_at)
