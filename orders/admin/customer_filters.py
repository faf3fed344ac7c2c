"""Filters and columns of the list of customers that ask about tiers."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

import tiers.queries
from customers.models import Customer
from loyalty_site.kernel.texts import day_text


class TierFilter(DropdownFilter):
    """The earned tier; who has no row of his own stands on the lowest."""

    title = gettext_lazy("tier")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        choices = tiers.queries.tier_choices()
        chosen = request.GET.get("tier", "")
        # A tier that was taken off the ladder is reached from the overview of tiers.
        return choices if chosen in {"", *dict(choices)} else [*choices, (chosen, chosen)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        held = Q(tier_standing__tier__code=self.value())
        lowest = next((code for code, _name in self.lookup_choices), "")
        return queryset.filter(held | Q(tier_standing__isnull=True) if self.value() == lowest else held)


class LapsingFilter(DropdownFilter):
    title = gettext_lazy("going down")
    parameter_name = "lapsing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("told that they go down"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(tier_standing__lapses_at__isnull=False) if self.value() == "yes" else queryset


def tier_column() -> Callable[[Customer], str | SafeString]:
    """A column made for one page, so that the lowest tier is asked for once for all its rows."""
    choices: Any = SimpleLazyObject(tiers.queries.tier_choices)

    @admin.display(description=gettext_lazy("tier"))
    def tier(obj: Customer) -> str | SafeString:
        standing = getattr(obj, "tier_standing", None)
        if standing is None:
            return choices[0][1] if choices else "—"
        if standing.lapses_at is None:
            return str(standing.tier.shown_name)
        until = _("goes down %(day)s") % {"day": day_text(standing.lapses_at)}
        return format_html('{} <span class="bo-badge bo-badge--warn">{}</span>', standing.tier.shown_name, until)

    return tier
