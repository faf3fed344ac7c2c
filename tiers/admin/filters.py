"""Filters of the lists of cards and memberships."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from loyalty_site.kernel.texts import percent_text
from tiers.models import Card, MembershipPlan


class KindFilter(DropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Card.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() in Card.Kind.values else queryset


class BlockedFilter(DropdownFilter):
    title = _("state")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("works")), ("yes", _("blocked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(blocked_at__isnull=self.value() == "no")


class HolderFilter(DropdownFilter):
    title = _("customer")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with a customer")), ("no", _("without a customer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(customer__isnull=self.value() == "no")


class PercentFilter(DropdownFilter):
    title = _("discount")
    parameter_name = "percent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = Card.objects.order_by("percent").values_list("percent", flat=True).distinct()[:50]
        return [(str(percent), percent_text(percent)) for percent in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only what is offered is asked for: the database does not know every number."""
        try:
            percent = Decimal(str(self.value()))
        except InvalidOperation:
            return queryset
        offered = {Decimal(str(value)) for value, _title in self.lookup_choices}
        return queryset.filter(percent=percent) if percent in offered else queryset


class PlanFilter(DropdownFilter):
    title = _("plan")
    parameter_name = "plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, name) for code, name in MembershipPlan.objects.order_by("pk").values_list("code", "name")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(plan__code=self.value()) if self.value() else queryset


class LifeFilter(DropdownFilter):
    title = _("state")
    parameter_name = "life"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("live")), ("ahead", _("begins later")), ("ended", _("ended")), ("refunded", _("refunded"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        kept = Q(refunded_at__isnull=True)
        conditions = {
            "live": kept & Q(starts_at__lte=now, ends_at__gt=now),
            "ahead": kept & Q(starts_at__gt=now),
            "ended": kept & Q(ends_at__lte=now),
            "refunded": ~kept,
        }
        return queryset.filter(conditions.get(str(self.value()), Q()))
