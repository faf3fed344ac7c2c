"""Filters of the list of codes."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from customers.models import User
from loyalty_site.kernel.keys import key_of
from promocodes.admin.ports import segment_choices, tier_choices
from promocodes.models import Campaign, CodeType, Terms
from promocodes.queries.listing import state_condition
from promocodes.rules import STATE_LABELS


class StateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(state), label) for state, label in STATE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in STATE_LABELS:
            return queryset
        return queryset.filter(state_condition(str(self.value()), timezone.now()))


class TypeFilter(DropdownFilter):
    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(CodeType.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(terms__type=self.value()) if self.value() in CodeType.values else queryset


class CampaignFilter(DropdownFilter):
    title = _("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        newest = Campaign.objects.order_by("-pk").values_list("pk", "name")[:200]
        return [("none", _("without a campaign")), *((str(pk), name) for pk, name in newest)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.filter(terms__campaign__isnull=True)
        return queryset.filter(terms__campaign_id=key) if (key := key_of(self.value())) else queryset


class AudienceFilter(DropdownFilter):
    """For whom the code is: one customer, a segment, a tier and those above it, or everybody."""

    title = _("for whom")
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        tiers = [(f"tier:{code}", _("tier “%(name)s” and above") % {"name": name}) for code, name in tier_choices()]
        segments = [
            (f"segment:{code}", _("segment “%(name)s”") % {"name": name}) for code, name in segment_choices()[:200]
        ]
        return [("everybody", _("everybody")), ("one", _("one customer")), *tiers, *segments]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind, _colon, code = str(self.value() or "").partition(":")
        match kind:
            case "everybody":
                return queryset.filter(customer=None, terms__in=Terms.objects.filter(segment=None, tier=""))
            case "one":
                return queryset.filter(customer__isnull=False)
            case "tier" | "segment":
                return queryset.filter(terms__in=Terms.objects.filter(**{kind: code}))
        return queryset


class OwnerFilter(DropdownFilter):
    """Reached from the customer's page; offers no choice by itself."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(chosen), f"№{chosen}")] if (chosen := key_of(request.GET.get("customer"))) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(customer=key) if (key := key_of(self.value())) else queryset


class PeriodFilter(DropdownFilter):
    title = _("period")
    parameter_name = "period"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("now", _("covers today")),
            ("ends_7", _("ends within 7 days")),
            ("starts_30", _("starts within 30 days")),
            ("ended_30", _("ended within the last 30 days")),
            ("ended", _("is over")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        month, week = timedelta(days=30), timedelta(days=7)
        conditions: dict[str, dict[str, Any]] = {
            "now": {"terms__starts_at__lte": now, "terms__ends_at__gt": now},
            "ends_7": {"terms__ends_at__gt": now, "terms__ends_at__lte": now + week},
            "starts_30": {"terms__starts_at__gt": now, "terms__starts_at__lte": now + month},
            "ended_30": {"terms__ends_at__lte": now, "terms__ends_at__gt": now - month},
            "ended": {"terms__ends_at__lte": now},
        }
        return queryset.filter(**conditions.get(str(self.value()), {}))


class CreatorFilter(DropdownFilter):
    title = _("creator")
    parameter_name = "creator"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        staff = User.objects.filter(is_staff=True).order_by("email").values_list("pk", "email")[:200]
        return [("none", _("integration")), *((str(pk), email) for pk, email in staff)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.filter(terms__created_by__isnull=True)
        return queryset.filter(terms__created_by_id=key) if (key := key_of(self.value())) else queryset


class BatchFilter(DropdownFilter):
    """Reached from the batch's page; offers no choice by itself."""

    title = _("batch")
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(chosen), f"#{chosen}")] if (chosen := key_of(request.GET.get("batch"))) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(terms__batch=key) if (key := key_of(self.value())) else queryset
