"""Occasions: their list, the editor with what one will come to, switching on and off (CU-9)."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from customers.queries.programme import programme
from loyalty_site.kernel.backoffice import ShopAdmin, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.texts import day_text, number_text
from points import services
from points.admin.occasion_form import OccasionForm
from points.admin.occasion_view import next_day, preview_of, when_text
from points.models import Occasion
from points.queries import shop_day
from points.queries.gifts import given_in_year
from points.rules.occasions import OccasionTerms


@admin.register(Occasion)
class OccasionAdmin(ShopAdmin):
    list_display_links = None
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name")
    ordering = ["-is_active", "name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s occasion", "%(n)s occasions", "n")
    list_before_template = "points/admin/occasions_above.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("segment")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["title", "state", "when", "next", "points", "who", *_given_column()]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("preview/", preview, name="points_occasion_preview"),
            path("<int:occasion_id>/change/", edit, name="points_occasion_page"),
            path("<int:occasion_id>/switch-on/", switch_on, name="points_occasion_switch_on"),
            path("<int:occasion_id>/confirm/", confirm, name="points_occasion_confirm"),
            path("<int:occasion_id>/switch-off/", switch_off, name="points_occasion_switch_off"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return edit(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect("admin:points_occasion_page", key_of(object_id) or 0)

    @admin.display(description=gettext_lazy("occasion"))
    def title(self, obj: Occasion) -> SafeString:
        return format_html('<a class="bo-code-link" href="{}">{}</a>', address(obj), obj.name)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Occasion) -> SafeString:
        return state_badge(obj)

    @admin.display(description=gettext_lazy("when"))
    def when(self, obj: Occasion) -> str:
        return when_text(obj)

    @admin.display(description=gettext_lazy("next given"))
    def next(self, obj: Occasion) -> str:
        found = next_day(obj.terms, shop_day(timezone.now())) if obj.is_active else None
        return day_text(found) if found else "—"

    @admin.display(description=gettext_lazy("points for each"))
    def points(self, obj: Occasion) -> str:
        return number_text(obj.amount)

    @admin.display(description=gettext_lazy("for whom"))
    def who(self, obj: Occasion) -> str:
        return str(obj.segment) if obj.segment else _("all customers")


@staff_page("points.view_occasion")
def edit(request: HttpRequest, occasion_id: int | None = None) -> HttpResponse:
    """A new one, or one to look at and change; who may not change it sees the form disabled."""
    found = None if occasion_id is None else _occasion(occasion_id)
    may_write = request.user.has_perm("points.change_occasion" if found else "points.add_occasion")
    if not may_write and (found is None or request.method == "POST"):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form = OccasionForm(sent, initial=_initial(found), label_suffix="")
    if found:
        form.fields["kind"].disabled = True
    if not may_write:
        for field in form.fields.values():
            field.disabled = True
    if sent is not None and form.is_valid() and (saved := attempt_form(form, lambda: _put(request, found, form))):
        messages.success(request, _("Saved: %(name)s.") % {"name": saved})
        return redirect("admin:points_occasion_page", saved.pk)
    shown = _occasion(found.pk) if found else None
    return page(
        request,
        "points/admin/occasion.html",
        title=shown.name if shown else _("New occasion"),
        status=422 if form.errors else 200,
        opts=Occasion._meta,
        form=form,
        occasion=shown,
        badge=state_badge(shown) if shown else "",
        may_write=may_write,
        **_decisions(request, shown),
        **_preview_context(_terms_of(form, shown), shown),
    )


@staff_page("points.view_occasion")
def preview(request: HttpRequest) -> HttpResponse:
    """What the form as typed so far will come to; writes nothing."""
    edited = key_of(request.POST.get("edited"))
    found = Occasion.objects.filter(pk=edited).first() if edited else None
    form = OccasionForm(request.POST, initial=_initial(found), label_suffix="")
    if found:
        form.fields["kind"].disabled = True
    context = _preview_context(_terms_of(form, found), found)
    return TemplateResponse(request, "points/admin/_occasion_preview.html", context)


def switch_on(request: HttpRequest, occasion_id: int) -> HttpResponse:
    return _switched(request, occasion_id, services.switch_occasion_on, is_by=True)


def switch_off(request: HttpRequest, occasion_id: int) -> HttpResponse:
    return _switched(request, occasion_id, services.switch_occasion_off, is_by=False)


@staff_page("points.confirm_adjustment")
def confirm(request: HttpRequest, occasion_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    by: Any = request.user
    work = services.confirm_occasion
    if attempt(request, lambda: work(occasion_id=occasion_id, by=by, now=timezone.now())):
        messages.success(request, _("Confirmed: it gives points from now on."))
    return redirect("admin:points_occasion_page", occasion_id)


@staff_page("points.change_occasion")
def _switched(request: HttpRequest, occasion_id: int, service: Any, *, is_by: bool) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    given = {"by": request.user, "now": timezone.now()} if is_by else {}
    done = attempt(request, lambda: service(occasion_id=occasion_id, **given))
    if done is not None:
        messages.success(request, _said(done))
    return redirect("admin:points_occasion_page", occasion_id)


def _said(occasion: Occasion) -> str:
    if occasion.is_active:
        return _("Switched on: it gives points from now on.")
    return _("The occasion waits for a second person.") if occasion.waits else _("Switched off: it gives nothing more.")


def _put(request: HttpRequest, found: Occasion | None, form: OccasionForm) -> Occasion:
    by: Any = request.user
    key = found.pk if found else None
    return services.put_occasion(occasion_id=key, values=form.values, by=by, now=timezone.now())


def _initial(found: Occasion | None) -> dict[str, Any]:
    return {name: getattr(found, name) for name in OccasionForm.base_fields} if found else {}


def _terms_of(form: OccasionForm, found: Occasion | None) -> OccasionTerms | None:
    """What is typed, or what is stored; counted from today on where it does not give yet."""
    if form.is_bound:
        form.is_valid()
        terms = form.terms()
    else:
        terms = found.terms if found else None
    since = found.active_since if found and found.active_since else shop_day(timezone.now())
    return replace(terms, active_since=since) if terms else None


def _preview_context(terms: OccasionTerms | None, found: Occasion | None) -> dict[str, Any]:
    if terms is None:
        return {"preview": None}
    today: date = shop_day(timezone.now())
    return {"preview": preview_of(terms, today=today, occasion=found, settings_now=programme())}


def _decisions(request: HttpRequest, found: Occasion | None) -> dict[str, Any]:
    if found is None:
        return {}
    is_own = found.asked_by_id == request.user.pk
    may_write, may_confirm = (
        request.user.has_perm(right) for right in ("points.change_occasion", "points.confirm_adjustment")
    )
    return {
        "is_own": is_own,
        "may_switch_on": may_write and not found.is_active and not found.waits,
        "may_switch_off": may_write and (found.is_active or found.waits),
        "may_confirm": may_confirm and found.waits and not is_own,
        "given": given_in_year(shop_day(timezone.now()).year).get(found.pk, (0, 0)),
    }


def _occasion(occasion_id: int) -> Occasion:
    return get_object_or_404(Occasion.objects.select_related("segment", "asked_by", "confirmed_by"), pk=occasion_id)


def state_badge(occasion: Occasion) -> SafeString:
    if occasion.waits:
        return badge("warn", _("waits"))
    return badge("good", _("gives points")) if occasion.is_active else badge("", pgettext("occasion", "off"))


def address(occasion: Occasion) -> str:
    return reverse("admin:points_occasion_page", args=[occasion.pk])


def _given_column() -> list[Any]:
    """Made for one page, so that the gifts of all occasions are counted once."""
    found: dict[int, tuple[int, int]] = {}

    @admin.display(description=gettext_lazy("given to, this year"))
    def given(obj: Occasion) -> str:
        if not found:
            found.update(given_in_year(shop_day(timezone.now()).year) or {0: (0, 0)})
        return number_text(found.get(obj.pk, (0, 0))[0])

    return [given]
