"""What was given for occasions, customer by customer (CU-9)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.texts import day_text, last_day_text, moment_text, points_text
from points.admin.entries import customers_named
from points.models import Occasion, OccasionGift


class OccasionFilter(DropdownFilter):
    title = gettext_lazy("occasion")
    parameter_name = "occasion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(key), name) for key, name in Occasion.objects.order_by("name", "pk").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(occasion_id=key) if (key := key_of(self.value())) else queryset


@admin.register(OccasionGift)
class GiftAdmin(ReadOnlyAdmin):
    list_display = ["given", "who", "occasion_shown", "for_day", "points", "left", "lives"]
    list_display_links = None
    list_filter = [OccasionFilter]
    search_fields = ["pk"]
    search_help_text = gettext_lazy("Customer: e-mail, phone, last name, number")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s holiday bonus", "%(n)s holiday bonuses", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer", "occasion", "lot")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(customer_id__in=customers_named(typed)) if typed else queryset), False

    @admin.display(description=gettext_lazy("given"))
    def given(self, obj: OccasionGift) -> SafeString:
        return format_html('<span class="bo-nowrap">{}</span>', moment_text(obj.given_at))

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: OccasionGift) -> SafeString:
        address = reverse("admin:customers_customer_change", args=[obj.customer_id]) + "#points"
        return format_html('<a href="{}">{}</a>', address, obj.customer)

    @admin.display(description=gettext_lazy("occasion"))
    def occasion_shown(self, obj: OccasionGift) -> SafeString:
        address = reverse("admin:points_occasion_page", args=[obj.occasion_id])
        return format_html('<a href="{}">{}</a>', address, obj.occasion)

    @admin.display(description=gettext_lazy("for the day"))
    def for_day(self, obj: OccasionGift) -> str:
        return day_text(obj.day)

    @admin.display(description=gettext_lazy("points"))
    def points(self, obj: OccasionGift) -> str:
        return points_text(obj.amount)

    @admin.display(description=gettext_lazy("points left"))
    def left(self, obj: OccasionGift) -> str:
        return points_text(obj.lot.remaining)

    @admin.display(description=gettext_lazy("until"))
    def lives(self, obj: OccasionGift) -> str:
        return last_day_text(obj.lot.expires_at)
