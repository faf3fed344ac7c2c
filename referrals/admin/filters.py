"""Filters of the lists of referrals, rewards and ambassadors."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from customers.models import Customer
from referrals.admin.words import REFERRAL_STATES, REWARD_STATES
from referrals.models import Ambassador, Reward


class StateFilter(DropdownFilter):
    """Of referrals: how far the friend came, or how a reward of the referrer stands."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rewards = list(REFERRAL_STATES.items())
        return [("registered", _("has registered, no order yet")), ("ordered", _("has ordered")), *rewards]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        if state in ("registered", "ordered"):
            return queryset.filter(first_ordered_at__isnull=state == "registered")
        if state in Reward.Status.values:
            rewards = Reward.objects.filter(role=Reward.Role.REFERRER, status=state)
            return queryset.filter(pk__in=rewards.values("referral"))
        return queryset


class RewardStateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(REWARD_STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() in REWARD_STATES else queryset


class PeriodFilter(DropdownFilter):
    """By `moment`, the column that the list is about."""

    title = _("period")
    parameter_name = "period"
    moment = "registered_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("today")),
            ("7", _("last 7 days")),
            ("30", _("last 30 days")),
            ("month", _("this month")),
            ("last_month", _("last month")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, end = period(str(self.value() or ""))
        if first:
            queryset = queryset.filter(**{f"{self.moment}__gte": first})
        return queryset.filter(**{f"{self.moment}__lt": end}) if end else queryset


class EarnedPeriodFilter(PeriodFilter):
    moment = "qualified_at"


class ReferrerFilter(DropdownFilter):
    """Reached from the customer's page; offers no choice by itself."""

    title = _("referrer")
    parameter_name = "by"
    column = "referrer_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get(self.parameter_name, "")
        found = Customer.objects.filter(pk=chosen).first() if is_key(chosen) else None
        return [(chosen, str(found))] if found else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = str(self.value() or "")
        return queryset.filter(**{self.column: int(chosen)}) if is_key(chosen) else queryset


class PayeeFilter(ReferrerFilter):
    title = _("who gets it")
    parameter_name = "of"
    column = "payee_id"


class AmbassadorFilter(DropdownFilter):
    title = _("ambassador")
    parameter_name = "ambassador"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = Ambassador.objects.order_by("name", "pk").values_list("pk", "name")[:200]
        return [("any", _("any ambassador")), *((str(key), name) for key, name in rows)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = str(self.value() or "")
        if chosen == "any":
            return queryset.filter(ambassador__isnull=False)
        return queryset.filter(ambassador=int(chosen)) if is_key(chosen) else queryset


class AccountFilter(DropdownFilter):
    """Of ambassadors: customers and partners."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("customers", _("customers")), ("partners", _("partners without an account"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("customers", "partners"):
            return queryset
        return queryset.filter(customer__isnull=self.value() == "partners")


def is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def period(chosen: str) -> tuple[datetime | None, datetime | None]:
    """First moment and exclusive end, of the shop's days and months."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    this_month = midnight.replace(day=1)
    periods: dict[str, tuple[datetime | None, datetime | None]] = {
        "today": (midnight, None),
        "7": (midnight - timedelta(days=6), None),
        "30": (midnight - timedelta(days=29), None),
        "month": (this_month, None),
        "last_month": ((this_month - timedelta(days=1)).replace(day=1), this_month),
    }
    return periods.get(chosen, (None, None))
