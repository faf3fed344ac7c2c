"""The page of a segment by conditions or of the map: who is in it, how that changes, who changed it and why (CU-8)."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from customers.models import Customer, Rfm, Segment, User
from customers.queries import members
from customers.queries.conditions import read_rule
from customers.queries.segment_report import DayOfMoves, changes, last_moves, member_rows, moves_by_day
from customers.services.rule_segments import archive_segment, name_segment, restore_segment, segment_uses
from loyalty_site.kernel.backoffice import CappedPaginator, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx
from loyalty_site.kernel.charts import chart_data
from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.texts import moment_text

DAYS, MOVES, SHOWN, PER_PAGE = 30, 20, 10, 50
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = {
    "name": gettext_lazy("name"),
    "name_en": gettext_lazy("name in English"),
    "rule": gettext_lazy("conditions"),
    "note": gettext_lazy("what for"),
    "archived_at": gettext_lazy("put away"),
}


class NamesForm(forms.Form):
    """All that may be changed of a segment of the map."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    note = forms.CharField(
        label=gettext_lazy("What for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def show(request: HttpRequest, segment: Segment) -> HttpResponse:
    """For who may see segments: the admin has asked."""
    form = None
    if segment.kind == Segment.Kind.RFM:
        form = _names(request, segment)
        if request.method == "POST" and form.is_valid():
            by: Any = request.user
            values = form.cleaned_data
            if attempt_form(form, lambda: name_segment(segment_id=segment.pk, by=by, **values)):
                messages.success(request, _("Saved: %(name)s.") % {"name": values["name"]})
                return redirect("admin:customers_segment_change", segment.pk)
    days = moves_by_day(segment, days=DAYS, now=timezone.now())
    found = members(segment)
    return page(
        request,
        "customers/admin/segment_page.html",
        title=segment.title,
        opts=Segment._meta,
        status=422 if form is not None and form.errors else 200,
        segment=segment,
        form=form,
        sentence=sentence_of(segment.rule) if segment.rule else "",
        count=segment.members_count if segment.kind == Segment.Kind.RULE else found.count(),
        some=found.order_by("pk")[:SHOWN],
        uses=segment_uses(segment, now=timezone.now()),
        days=[day for day in reversed(days) if day.entered or day.left],
        chart=_chart(days),
        moves=last_moves(segment, limit=MOVES),
        changes=_told(segment),
        may_change=request.user.has_perm("customers.change_segment"),
    )


@staff_page("customers.view_segment", "customers.view_customer")
def members_list(request: HttpRequest, segment_id: int) -> HttpResponse:
    """All members, by name, e-mail or phone in `?q=`."""
    segment = get_object_or_404(Segment, pk=segment_id)
    asked = request.GET.get("q", "").strip()[:100]
    rows = members(segment).select_related("rfm").order_by("pk")
    if asked:
        rows = rows.filter(
            Q(email__icontains=asked)
            | Q(last_name__icontains=asked)
            | Q(first_name__icontains=asked)
            | Q(phone__contains="".join(filter(str.isdigit, asked)) or asked)
        )
    pages: Paginator = CappedPaginator(rows, PER_PAGE)
    return page(
        request,
        "customers/admin/segment_members.html",
        title=_("Customers of “%(name)s”") % {"name": segment},
        opts=Segment._meta,
        segment=segment,
        asked=asked,
        rows=pages.get_page(request.GET.get("page")),
    )


@staff_page("customers.view_segment", "customers.export_customer")
def as_csv(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    segment = get_object_or_404(Segment, pk=segment_id)
    response = StreamingHttpResponse(csv_lines(_header(), _rows(segment)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{segment.code}.csv"'
    return response


@staff_page("customers.view_segment", "customers.export_customer")
def as_xlsx(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    segment = get_object_or_404(Segment, pk=segment_id)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        write_xlsx(file, _header(), _rows(segment))
    except ValueError:
        file.close()
        messages.error(request, _("There are more customers than a sheet holds: take the CSV file."))
        return redirect("admin:customers_segment_change", segment.pk)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{segment.code}.xlsx", content_type=XLSX_TYPE)


@staff_page("customers.change_segment")
@require_POST
def archive(request: HttpRequest, segment_id: int) -> HttpResponse:
    by: Any = request.user
    if attempt(request, lambda: archive_segment(segment_id=segment_id, by=by, now=timezone.now())):
        messages.success(request, _("Put away: it is no longer offered."))
    return redirect("admin:customers_segment_change", segment_id)


@staff_page("customers.change_segment")
@require_POST
def restore(request: HttpRequest, segment_id: int) -> HttpResponse:
    by: Any = request.user
    if attempt(request, lambda: restore_segment(segment_id=segment_id, by=by, now=timezone.now())):
        messages.success(request, _("It is offered again."))
    return redirect("admin:customers_segment_change", segment_id)


def sentence_of(rule: Any) -> str:
    """In words; what can no longer be read says so."""
    try:
        return read_rule(rule).sentence()
    except InvalidInput:
        return _("These conditions can no longer be read: edit them.")


def _names(request: HttpRequest, segment: Segment) -> NamesForm:
    start = {name: getattr(segment, name) for name in NamesForm.base_fields}
    form = NamesForm(request.POST if request.method == "POST" else None, initial=start, label_suffix="")
    if not request.user.has_perm("customers.change_segment"):
        for one in form.fields.values():
            one.disabled = True
    return form


def _chart(days: Sequence[DayOfMoves]) -> str:
    if not any(day.entered or day.left for day in days):
        return ""
    labels = [day.day.strftime("%d.%m") for day in days]
    return chart_data(
        labels,
        [(_("entered"), [day.entered for day in days]), (pgettext("segment", "left"), [day.left for day in days])],
    )


def _told(segment: Segment) -> list[dict[str, Any]]:
    """Changes in words: when, who, and each field before and after."""
    found = changes(segment)
    people = dict(User.objects.filter(pk__in={one.user_id for one in found if one.user_id}).values_list("pk", "email"))
    return [
        {
            "at": one.at,
            "who": people.get(one.user_id, "") if one.user_id else "",
            "is_beginning": one.before is None,
            "fields": [
                (FIELDS[name], _text(name, value), _text(name, one.after[name]))
                for name, value in (one.before or {}).items()
            ],
        }
        for one in found
    ]


def _text(name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if name == "rule":
        return sentence_of(value)
    return moment_text(value) if name == "archived_at" else str(value)


def _header() -> list[str]:
    titles = (
        _("number"),
        _("first name"),
        _("last name"),
        _("e-mail"),
        _("phone"),
        _("birthday"),
        _("registered"),
        _("orders"),
        _("spent"),
        _("last purchase"),
    )
    return [title.capitalize() for title in titles]


def _rows(segment: Segment) -> Iterator[list[Cell]]:
    for customer, rfm in member_rows(segment):
        yield [*_person(customer), *_bought(rfm)]


def _person(customer: Customer) -> list[Cell]:
    return [
        customer.pk,
        customer.first_name,
        customer.last_name,
        customer.email,
        str(customer.phone or ""),
        customer.birthday,
        customer.registered_at,
    ]


def _bought(rfm: Rfm | None) -> list[Cell]:
    return [rfm.orders, rfm.spent, rfm.last_paid_at] if rfm else [0, 0, None]
