"""The RFM map: the grid, the segments, who has moved, and what can be done with whom (CU-7, RP-1)."""

import json
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from customers import tasks
from customers.admin.rfm_cuts import cut_points
from customers.admin.rfm_drawing import drawing
from customers.queries.members import RFM_PREFIX
from customers.queries.rfm_map import RfmCell, RfmMap, RfmPart, rfm_map
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx

RIGHT = "customers.view_reports"
RECKON = "customers.change_segment"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAYS = 30
CUSTOMERS = "admin:customers_customer_changelist"
BUILDER = "admin:customers_segment_rule_add"


class MapForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("Movement since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_since(self) -> date:
        today = timezone.localdate()
        since: date = self.cleaned_data["since"] or today - timedelta(days=DAYS)
        if since > today:
            raise forms.ValidationError(_("This day is still to come."))
        return since


@staff_page(RIGHT)
def show(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    is_valid = form.is_valid()
    found = rfm_map(since=form.cleaned_data["since"] if is_valid else None)
    return page(
        request,
        "customers/admin/rfm_map.html",
        title=_("RFM map"),
        status=200 if is_valid else 422,
        form=form,
        map=found,
        rows=[[_cell(request, cell) for cell in row] for row in found.rows],
        parts=[_part(request, part) for part in found.segments],
        extras=[_part(request, part) for part in found.extras],
        cuts=cut_points(found.run) if found.run else None,
        drawing=drawing(found.segments, found.flows),
        flows=[_flow(found, place) for place in range(len(found.flows))],
        may_reckon=request.user.has_perm(RECKON),
        query=urlencode({"since": found.since.isoformat()}) if found.since else "",
    )


@staff_page(RIGHT)
def as_csv(request: HttpRequest) -> HttpResponseBase:
    name, header, rows = _file(request)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@staff_page(RIGHT)
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    name, header, rows = _file(request)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


@staff_page(RECKON)
@require_POST
def reckon(request: HttpRequest) -> HttpResponse:
    """Before the first night: the worker does it now."""
    tasks.reckon_rfm.delay()
    messages.success(request, _("The map is being worked out. Look again in a minute."))
    return redirect("admin_rfm_map")


def _form(request: HttpRequest) -> MapForm:
    since = timezone.localdate() - timedelta(days=DAYS)
    return MapForm({"since": request.GET.get("since") or since.isoformat()}, label_suffix="")


def _part(request: HttpRequest, part: RfmPart) -> dict[str, Any]:
    """A segment with its links, for those who may follow them."""
    may_look = request.user.has_perm("customers.view_customer")
    actions = [
        {"title": title, "link": f"{reverse(address)}?{urlencode(query)}"}
        for title, right, address, query in _doable(part)
        if request.user.has_perm(right)
    ]
    link = f"{reverse(CUSTOMERS)}?{urlencode({'rfm': part.code})}" if may_look else ""
    return {"part": part, "link": link, "actions": actions}


def _doable(part: RfmPart) -> list[tuple[str, str, str, dict[str, str]]]:
    """What can be made of a segment: its name, the right, the page, and what the page is told."""
    code = f"{RFM_PREFIX}{part.code}"
    rule = json.dumps({"field": "segment", "op": "in", "value": [code]})
    return [
        (_("Promo code"), "promocodes.add_promocode", "admin:promocodes_promocode_add", {"segment": code}),
        (_("Campaign"), "promocodes.add_campaign", "admin:promocodes_campaign_add", {"name": part.name}),
        (_("Points"), "points.add_segmentgrant", "admin:points_segmentgrant_add", {"segment": code}),
        (_("New segment"), "customers.add_segment", BUILDER, {"name": part.name, "rule": rule}),
    ]


def _cell(request: HttpRequest, cell: RfmCell) -> dict[str, Any]:
    """A cell with the ways to its customers and to a segment of just them."""
    scores = {"rfm_r": cell.r, "rfm_f": cell.f}
    rule = {
        "all": [
            {"field": name, "op": "between", "value": {"least": score, "most": score}} for name, score in scores.items()
        ]
    }
    named = {"name": f"{cell.name} R{cell.r} F{cell.f}", "rule": json.dumps(rule)}
    may_look, may_make = (request.user.has_perm(f"customers.{right}") for right in ("view_customer", "add_segment"))
    return {
        "cell": cell,
        "link": f"{reverse(CUSTOMERS)}?{urlencode({'cell': f'{cell.r}-{cell.f}'})}" if may_look else "",
        "builder": f"{reverse(BUILDER)}?{urlencode(named)}" if may_make else "",
    }


def _flow(found: RfmMap, place: int) -> dict[str, Any]:
    flow = found.flows[place]
    return {
        "source": found.names.get(flow.source, flow.source) if flow.source else _("no purchases"),
        "target": found.names.get(flow.target, flow.target) if flow.target else _("no purchases"),
        "customers": flow.customers,
        "moves": flow.moves,
    }


def _file(request: HttpRequest) -> tuple[str, list[str], Iterator[list[Cell]]]:
    """The segments, or with `table=moves` who came from where to where; a wrong day counts as none."""
    form = _form(request)
    found = rfm_map(since=form.cleaned_data["since"] if form.is_valid() else None)
    today = timezone.localdate()
    if request.GET.get("table") == "moves":
        return f"rfm-moves-{found.since or today}-{today}", *_moves_table(found)
    return f"rfm-{today}", *_segments_table(found)


def _segments_table(found: RfmMap) -> tuple[list[str], Iterator[list[Cell]]]:
    header = [
        _("Segment"),
        _("Customers"),
        _("Share of the customers, %"),
        _("Purchases"),
        _("Revenue"),
        _("Share of the revenue, %"),
        _("Average order"),
        _("Days since the last purchase"),
        pgettext("segment", "Came"),
        pgettext("segment", "Left"),
    ]
    rows: Iterator[list[Cell]] = (
        [
            part.name,
            part.group.customers,
            part.group.share,
            part.group.orders,
            part.group.revenue,
            part.group.revenue_share,
            part.group.average_order,
            part.group.days_since,
            part.came if part.cells else None,
            part.left if part.cells else None,
        ]
        for part in (*found.segments, *found.extras)
    )
    return header, rows


def _moves_table(found: RfmMap) -> tuple[list[str], Iterator[list[Cell]]]:
    header = [pgettext("segment", "From"), pgettext("segment", "To"), _("Customers"), _("Moves")]
    rows: Iterator[list[Cell]] = (
        [flow["source"], flow["target"], flow["customers"], flow["moves"]]
        for flow in (_flow(found, place) for place in range(len(found.flows)))
    )
    return header, rows
