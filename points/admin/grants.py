"""Points for a whole segment: asked for with a look at what it comes to, confirmed, watched while it is carried out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.models import Segment
from customers.queries import members
from customers.queries.programme import programme
from loyalty_site.kernel.backoffice import ReadOnlyAdmin, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.number_fields import IntegerField
from loyalty_site.kernel.texts import moment_text, number_text, points_text
from points import services
from points.admin.correction_form import MOST, new_fact
from points.models import SegmentGrant


class GrantForm(forms.Form):
    # Stands for this grant in the ledger, so that sending the form twice gives once.
    fact = forms.RegexField(r"\Amanual:[0-9a-f]{32}\Z", widget=forms.HiddenInput)
    segment = forms.ModelChoiceField(
        label=gettext_lazy("Segment"), queryset=Segment.objects.filter(archived_at=None).order_by("name", "pk")
    )
    amount = IntegerField(
        label=gettext_lazy("Points for each customer"),
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What they are"), choices=SegmentGrant._meta.get_field("kind").choices)
    life_days = forms.IntegerField(
        label=gettext_lazy("Points live, days"),
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Empty: as long as points for purchases."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Stays in the ledger for ever; the customer sees it too."),
    )


@admin.register(SegmentGrant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "segment", "points", "given", "reason", "asked"]
    list_display_links = None
    ordering = [F("starts_at").desc(nulls_first=True), "-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s grant", "%(n)s grants", "n")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("points.add_segmentgrant"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("segment", "asked_by")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:grant_id>/change/", show, name="points_segmentgrant_page"),
            path("<int:grant_id>/progress/", progress, name="points_segmentgrant_progress"),
            path("<int:grant_id>/confirm/", confirm, name="points_segmentgrant_confirm"),
            path("<int:grant_id>/refuse/", refuse, name="points_segmentgrant_refuse"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return new_grant(request)

    @admin.display(description=gettext_lazy("grant"))
    def number(self, obj: SegmentGrant) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: SegmentGrant) -> SafeString:
        return _state(obj)

    @admin.display(description=gettext_lazy("points for each customer"))
    def points(self, obj: SegmentGrant) -> str:
        return number_text(obj.amount)

    @admin.display(description=gettext_lazy("given to"))
    def given(self, obj: SegmentGrant) -> str:
        return _given_text(obj)

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, obj: SegmentGrant) -> str:
        return f"{obj.asked_by}, {moment_text(obj.asked_at)}"


@staff_page("points.add_segmentgrant")
def new_grant(request: HttpRequest) -> HttpResponse:
    """`_preview` tells what it comes to; `_give` gives. `?segment=` is the code of the segment to begin with."""
    sent = request.POST if request.method == "POST" else None
    chosen = Segment.objects.filter(code=request.GET.get("segment", "")).first()
    form = GrantForm(sent, initial={"fact": new_fact(), "segment": chosen}, label_suffix="")
    preview = None
    if sent is not None and form.is_valid():
        if "_give" in sent and (grant := attempt_form(form, lambda: _asked(request, form))):
            said = _("The grant waits for a second person.") if grant.waits else _("The points are being given.")
            messages.success(request, said)
            return redirect("admin:points_segmentgrant_page", grant.pk)
        preview = None if form.errors else _preview(form)
    return page(
        request,
        "points/admin/grant_new.html",
        title=_("Give points to a segment"),
        status=422 if form.errors else 200,
        opts=SegmentGrant._meta,
        form=form,
        preview=preview,
    )


@staff_page("points.view_segmentgrant")
def show(request: HttpRequest, grant_id: int) -> HttpResponse:
    grant = _grant(grant_id)
    is_own = grant.asked_by_id == request.user.pk
    may_confirm = request.user.has_perm("points.confirm_adjustment")
    return page(
        request,
        "points/admin/grant.html",
        title=_("Grant No. %(number)s") % {"number": grant.pk},
        opts=SegmentGrant._meta,
        grant=grant,
        badge=_state(grant),
        given=_given_text(grant),
        is_own=is_own,
        may_confirm=grant.waits and may_confirm and not is_own,
        may_refuse=grant.waits and (may_confirm or is_own),
        is_running=grant.starts_at is not None and grant.finished_at is None,
    )


@staff_page("points.view_segmentgrant")
def progress(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Polled by the page while points are given."""
    grant = _grant(grant_id)
    text, is_finished = _given_text(grant), grant.finished_at is not None
    return JsonResponse({"made": grant.granted_count, "text": text, "is_finished": is_finished})


@staff_page("points.confirm_adjustment")
def confirm(request: HttpRequest, grant_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by: Any = request.user
    if attempt(request, lambda: services.confirm_segment_grant(grant_id=grant_id, by=by, now=timezone.now())):
        messages.success(request, _("The points are being given."))
    return redirect("admin:points_segmentgrant_page", grant_id)


@staff_page("points.view_segmentgrant")
def refuse(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Those who confirm may refuse; the author may take his own back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by: Any = request.user
    if _grant(grant_id).asked_by_id != by.pk and not by.has_perm("points.confirm_adjustment"):
        raise PermissionDenied
    if attempt(request, lambda: services.refuse_segment_grant(grant_id=grant_id, by=by, now=timezone.now())):
        messages.success(request, _("Refused: nobody gets these points."))
    return redirect("admin:points_segmentgrant_page", grant_id)


def _asked(request: HttpRequest, form: GrantForm) -> SegmentGrant:
    values, by = form.cleaned_data, request.user
    return services.ask_segment_grant(
        segment_id=values["segment"].pk,
        amount=values["amount"],
        kind=values["kind"],
        life_days=values["life_days"],
        reason=values["reason"],
        fact=values["fact"],
        by=by,  # type: ignore[arg-type]
        now=timezone.now(),
    )


def _preview(form: GrantForm) -> dict[str, Any]:
    """How many get how much, and whether a second person is needed."""
    settings_now, amount = programme(), form.cleaned_data["amount"]
    count = members(form.cleaned_data["segment"]).count()
    threshold = settings_now.second_person_points
    return {
        "count": count,
        "total": points_text(amount * count),
        "money": amount * count * settings_now.point_value,
        "waits": threshold is not None and amount * count > threshold,
    }


def _grant(grant_id: int) -> SegmentGrant:
    grants = SegmentGrant.objects.select_related("segment", "asked_by", "decided_by")
    return get_object_or_404(grants, pk=grant_id)


def _state(grant: SegmentGrant) -> SafeString:
    if grant.waits:
        return badge("warn", _("waits"))
    if grant.starts_at is None:
        return badge("bad", _("refused"))
    return badge("good", _("carried out")) if grant.finished_at else badge("info", _("is carried out"))


def _given_text(grant: SegmentGrant) -> str:
    count = number_text(grant.expected_count)
    return _("%(made)s of %(count)s") % {"made": number_text(grant.granted_count), "count": count}
