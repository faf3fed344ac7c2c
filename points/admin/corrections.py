"""Large corrections: those that wait first, then what was decided (PT-1)."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from loyalty_site.kernel.backoffice import ReadOnlyAdmin, attempt, page, staff_page
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.texts import moment_text, signed_text
from points import services
from points.admin import words
from points.admin.correction_form import correct, too_few
from points.models import PendingAdjustment
from points.queries import balance
from points.services import NotEnoughPoints


class DecidedFilter(DropdownFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    conditions: dict[str, dict[str, Any]] = {
        "waits": {"decided_at": None},
        "confirmed": {"is_confirmed": True},
        "refused": {"is_confirmed": False},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waits", gettext_lazy("waits")),
            ("confirmed", gettext_lazy("confirmed")),
            ("refused", gettext_lazy("refused")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**self.conditions.get(str(self.value()), {}))


@admin.register(PendingAdjustment)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "who", "points", "reason", "asked", "decided"]
    list_display_links = None
    list_filter = [DecidedFilter]
    ordering = [F("decided_at").desc(nulls_first=True), "-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s correction", "%(n)s corrections", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer", "asked_by", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("of/<int:customer_id>/new/", correct, name="points_customer_correct"),
            path("<int:correction_id>/change/", show, name="points_pendingadjustment_page"),
            path("<int:correction_id>/confirm/", confirm, name="points_pendingadjustment_confirm"),
            path("<int:correction_id>/refuse/", refuse, name="points_pendingadjustment_refuse"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("correction"))
    def number(self, obj: PendingAdjustment) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: PendingAdjustment) -> SafeString:
        return words.state_badge(obj)

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: PendingAdjustment) -> str:
        return str(obj.customer)

    @admin.display(description=gettext_lazy("points"))
    def points(self, obj: PendingAdjustment) -> str:
        return signed_text(obj.amount)

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, obj: PendingAdjustment) -> str:
        return f"{obj.asked_by or _('integration')}, {moment_text(obj.asked_at)}"

    @admin.display(description=gettext_lazy("decided"))
    def decided(self, obj: PendingAdjustment) -> str:
        return f"{obj.decided_by}, {moment_text(obj.decided_at)}" if obj.decided_at else "—"


@staff_page("points.view_pendingadjustment")
def show(request: HttpRequest, correction_id: int) -> HttpResponse:
    """With the buttons that this person may press, or the reason why not."""
    asked = _correction(correction_id)
    is_own = asked.asked_by_id == request.user.pk
    may_confirm = request.user.has_perm("points.confirm_adjustment")
    waits = asked.decided_at is None
    return page(
        request,
        "points/admin/correction.html",
        title=_("Correction No. %(number)s") % {"number": asked.pk},
        opts=PendingAdjustment._meta,
        asked=asked,
        badge=words.state_badge(asked),
        balance=balance(asked.customer_id, now=timezone.now()),
        waits=waits,
        is_own=is_own,
        may_confirm=waits and may_confirm and not is_own,
        may_refuse=waits and (may_confirm or is_own) and request.user.has_perm("points.adjust_points"),
    )


@staff_page("points.confirm_adjustment")
def confirm(request: HttpRequest, correction_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by: Any = request.user
    if attempt(request, lambda: _confirmed(correction_id, by, timezone.now())):
        messages.success(request, _("Confirmed: the points have moved."))
    return redirect("admin:points_pendingadjustment_page", correction_id)


@staff_page("points.adjust_points")
def refuse(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Those who confirm may refuse; the author may take his own back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by: Any = request.user
    if _correction(correction_id).asked_by_id != by.pk and not by.has_perm("points.confirm_adjustment"):
        raise PermissionDenied
    if attempt(request, lambda: services.refuse_adjustment(adjustment_id=correction_id, by=by, now=timezone.now())):
        messages.success(request, _("Refused: nothing has moved."))
    return redirect("admin:points_pendingadjustment_page", correction_id)


def _confirmed(correction_id: int, by: Any, now: datetime) -> Any:
    try:
        return services.confirm_adjustment(adjustment_id=correction_id, by=by, now=now)
    except NotEnoughPoints as refusal:
        raise DomainError(too_few(refusal)) from refusal


def _correction(correction_id: int) -> PendingAdjustment:
    corrections = PendingAdjustment.objects.select_related("customer", "asked_by", "decided_by")
    return get_object_or_404(corrections, pk=correction_id)
