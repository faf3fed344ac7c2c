"""Filters of the list of customers."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

import tiers.queries
from customers.models import CustomerTag, Segment, Tag, User
from customers.queries import members, rfm_names
from customers.queries.members import RFM_PREFIX
from loyalty_site.kernel.keys import key_of

MOST_CHOICES = 500


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


class RfmFilter(DropdownFilter):
    """`?rfm=champions`: who lies in that segment of the map, or is VIP or a starter."""

    title = gettext_lazy("RFM segment")
    parameter_name = "rfm"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(rfm_names().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        segment = Segment.objects.filter(kind=Segment.Kind.RFM, code=f"{RFM_PREFIX}{self.value()}").first()
        return queryset.filter(pk__in=members(segment).values("pk")) if segment else queryset.none()


class CellFilter(DropdownFilter):
    """`?cell=5-4`: recency score and frequency score, one cell of the map."""

    title = gettext_lazy("cell of the RFM map")
    parameter_name = "cell"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(f"{r}-{f}", f"R{r} F{f}") for r in range(5, 0, -1) for f in range(5, 0, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        r, _dash, f = str(self.value()).partition("-")
        return queryset.filter(rfm__r=int(r), rfm__f=int(f))


class SegmentFilter(DropdownFilter):
    """A segment of any kind by its code."""

    title = gettext_lazy("segment")
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = Segment.objects.filter(archived_at=None).exclude(kind=Segment.Kind.RFM).order_by("name", "pk")
        return [(segment.code, segment.title) for segment in rows[:MOST_CHOICES]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        segment = Segment.objects.filter(code=self.value()).first()
        return queryset.filter(pk__in=members(segment).values("pk")) if segment else queryset.none()


class TagFilter(DropdownFilter):
    title = gettext_lazy("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Tag.objects.order_by("name").values_list("code", "name")[:MOST_CHOICES])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=CustomerTag.objects.filter(tag__code=self.value()).values("customer"))


class ManagerFilter(DropdownFilter):
    title = gettext_lazy("personal manager")
    parameter_name = "manager"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        staff = User.objects.filter(is_staff=True).order_by("email")[:MOST_CHOICES]
        return [("mine", _("me")), *((str(user.pk), str(user)) for user in staff)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = request.user.pk if self.value() == "mine" else key_of(self.value())
        return queryset.filter(manager=chosen) if chosen else queryset
