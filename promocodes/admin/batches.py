"""Batches: made by the worker, watched here, downloaded, switched as a whole (PC-15)."""

from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.kernel.backoffice import ReadOnlyAdmin, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import number_text
from promocodes import services
from promocodes.admin import downloads, ports
from promocodes.admin.words import terms_facts
from promocodes.models import Batch
from promocodes.rules import ALPHABET, State, end_of, last_day, state_of
from promocodes.rules.summary import gift_text, period_text, summary


class EndForm(forms.Form):
    renamed = MappingProxyType({"ends_at": "ends_on"})
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display_links = None
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s batch", "%(n)s batches", "n")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("promocodes.add_batch"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A batch begins with its terms, in the editor of codes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("admin:promocodes_promocode_add")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["batch_link", "state_badge", _gift_column(), "period", "progress", "campaign", "created_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("terms__campaign", "created_by")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:batch_id>/change/", show, name="promocodes_batch_page"),
            path("<int:batch_id>/progress/", progress, name="promocodes_batch_progress"),
            path("<int:batch_id>/activate/", activate, name="promocodes_batch_activate"),
            path("<int:batch_id>/deactivate/", deactivate, name="promocodes_batch_deactivate"),
            path("<int:batch_id>/end/", move_end, name="promocodes_batch_end"),
            path("<int:batch_id>/codes.csv", downloads.as_csv, name="promocodes_batch_csv"),
            path("<int:batch_id>/codes.xlsx", downloads.as_xlsx, name="promocodes_batch_xlsx"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("batch"))
    def batch_link(self, obj: Batch) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("state"))
    def state_badge(self, obj: Batch) -> SafeString:
        state = batch_state(obj)
        return badge(str(state), state.label)

    @admin.display(description=gettext_lazy("period"))
    def period(self, obj: Batch) -> str:
        return period_text(obj.terms.starts_at, obj.terms.ends_at)

    @admin.display(description=gettext_lazy("codes made"))
    def progress(self, obj: Batch) -> str:
        return _made_text(obj)

    @admin.display(description=gettext_lazy("campaign"), empty_value="—")
    def campaign(self, obj: Batch) -> str | None:
        return obj.terms.campaign.name if obj.terms.campaign else None


def batch_state(batch: Batch) -> State:
    """The state of a code of the batch that nobody has used or switched by hand."""
    terms, now = batch.terms, timezone.now()
    return state_of(
        switch=batch.switch, starts_at=terms.starts_at, ends_at=terms.ends_at, uses=0, max_uses=None, now=now
    )


@staff_page("promocodes.view_batch")
def show(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _page(request, _batch(batch_id))


@staff_page("promocodes.view_batch")
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Polled by the page while codes are made."""
    batch = _batch(batch_id)
    return JsonResponse(
        {
            "made": batch.created_count,
            "count": batch.count,
            "is_finished": batch.finished_at is not None,
            "text": _made_text(batch),
        }
    )


@staff_page("promocodes.activate_promocode")
def activate(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _switch(request, batch_id, on=True)


@staff_page("promocodes.activate_promocode")
def deactivate(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _switch(request, batch_id, on=False)


@staff_page("promocodes.change_promocode")
def move_end(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The end is all that may change of a batch's terms: they belong to every code in it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    batch, form = _batch(batch_id), EndForm(request.POST, label_suffix="")
    if form.is_valid():
        ends_at = end_of(form.cleaned_data["ends_on"], timezone.get_current_timezone())  # type: ignore[arg-type]
        by: Any = request.user
        if attempt_form(
            form,
            lambda: services.edit_batch_end(batch_id=batch.pk, ends_at=ends_at, by=by, now=timezone.now()),
        ):
            messages.success(request, _("The end of the batch is moved."))
            return redirect("admin:promocodes_batch_page", batch.pk)
    return _page(request, batch, form, status=422)


def _switch(request: HttpRequest, batch_id: int, *, on: bool) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    service = services.activate_batch if on else services.deactivate_batch
    by: Any = request.user
    if attempt(request, lambda: service(batch_id=batch_id, by=by, now=timezone.now())):
        said = _("All codes of the batch are activated.") if on else _("All codes of the batch are deactivated.")
        messages.success(request, said)
    return redirect("admin:promocodes_batch_page", batch_id)


def _batch(batch_id: int) -> Batch:
    batches = Batch.objects.select_related("terms__campaign__spending", "created_by")
    return get_object_or_404(batches, pk=batch_id)


def _page(request: HttpRequest, batch: Batch, form: EndForm | None = None, status: int = 200) -> HttpResponse:
    names, segments, tiers = ports.category_names(), ports.segment_names(), ports.lazy_tier_names()
    last = last_day(batch.terms.ends_at, timezone.get_current_timezone())  # type: ignore[arg-type]
    may_switch = request.user.has_perm("promocodes.activate_promocode")
    sentence = summary(terms_facts(batch.terms, names, max_uses=batch.max_uses, segments=segments, tiers=tiers))
    return page(
        request,
        "promocodes/admin/batch.html",
        title=_("Batch No. %(number)s") % {"number": batch.pk},
        status=status,
        opts=Batch._meta,
        batch=batch,
        terms=batch.terms,
        state=batch_state(batch),
        sentence=sentence,
        made=_made_text(batch),
        odds=len(ALPHABET) ** batch.code_length // batch.count,
        end_form=form or EndForm(initial={"ends_on": last}, label_suffix=""),
        examples=batch.terms.codes.order_by("pk").values_list("pk", "code")[:5],
        may_activate=may_switch and batch.switch is not True,
        may_deactivate=may_switch and batch.switch is not False,
        may_edit=request.user.has_perm("promocodes.change_promocode"),
    )


def _made_text(batch: Batch) -> str:
    return _("%(made)s of %(count)s") % {"made": number_text(batch.created_count), "count": number_text(batch.count)}


def _gift_column() -> Any:
    names = ports.lazy_category_names()

    @admin.display(description=gettext_lazy("gives"))
    def gift(obj: Batch) -> str:
        text = gift_text(terms_facts(obj.terms, names))
        return text[:1].upper() + text[1:]

    return gift
