"""The usage report (PC-21): table and chart, compared with the period before, as a page and as a file."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx
from loyalty_site.kernel.charts import chart_data
from loyalty_site.kernel.columns import Column, cells, table_file
from promocodes.admin.downloads import XLSX_TYPE
from promocodes.admin.report_form import METRICS, ReportForm
from promocodes.queries.report import GroupBy, Report, ReportRow, usage_report
from promocodes.rules.summary import days_text

ROWS_ON_CHART = 12
ROWS_IN_FILE = 100_000


COLUMNS = (
    Column("quotes", gettext_lazy("Quotes"), gettext_lazy("how often a code was tried in a quote")),
    Column("applied_quotes", gettext_lazy("Applied"), gettext_lazy("quotes in which the code applied")),
    Column("uses", gettext_lazy("Uses"), gettext_lazy("uses taken in the period that were not released")),
    Column("releases", gettext_lazy("Released"), gettext_lazy("uses given back by cancelled or refunded orders")),
    Column("discount", gettext_lazy("Discount"), gettext_lazy("discount of the uses"), "money"),
    Column(
        "revenue",
        gettext_lazy("Revenue"),
        gettext_lazy("paid for goods by the orders of the uses, without delivery, less refunds"),
        "money",
    ),
    Column(
        "average_with",
        gettext_lazy("Average with"),
        gettext_lazy("goods of a paid order with a code, before refunds"),
        "money",
    ),
    Column(
        "average_without",
        gettext_lazy("Average without"),
        gettext_lazy("the same of orders without any code in the same period and channel"),
        "money",
    ),
    Column(
        "new_customers",
        gettext_lazy("New customers"),
        gettext_lazy("customers whose first purchase ever is one of the uses"),
    ),
    Column(
        "repeat_rate",
        gettext_lazy("Bought again"),
        gettext_lazy("percent of the buyers with a code who have paid for another order since"),
        "percent",
    ),
)


@staff_page("promocodes.view_report")
def show(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.GET)
    context: dict[str, Any] = {"report": None}
    if form.is_valid():
        report = usage_report(form.filter())
        context = {**_table(report), **_chart(report, form.cleaned_data["metric"]), "period": days_text(*form.days())}
    return page(
        request,
        "promocodes/admin/report.html",
        title=_("Usage report"),
        status=422 if form.errors else 200,
        form=form,
        columns=COLUMNS,
        query=request.GET.urlencode(),
        **context,
    )


@staff_page("promocodes.view_report")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _back(request)
    header, rows = _file(_whole_report(form))
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(form)}.csv"'
    return response


@staff_page("promocodes.view_report")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _back(request)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, *_file(_whole_report(form)))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_file_name(form)}.xlsx", content_type=XLSX_TYPE)


def _table(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "rows": [
            {"row": row, "link": _link(report, row), "cells": cells(COLUMNS, row.figures, row.previous)}
            for row in report.rows
        ],
        "total": cells(COLUMNS, report.total, report.previous_total),
        "is_cut": len(report.rows) >= report.filter.limit,
    }


def _link(report: Report, row: ReportRow) -> str:
    """From a line of the report to what it is about."""
    if report.filter.group_by is GroupBy.CAMPAIGN and row.key:
        return reverse("admin:promocodes_campaign_change", args=[row.key])
    if report.filter.group_by is GroupBy.CODE:
        return reverse("admin:promocodes_promocode_changelist") + f"?q={row.key}"
    return ""


def _chart(report: Report, metric: str) -> dict[str, Any]:
    rows = report.rows if report.filter.group_by is GroupBy.DAY else report.rows[:ROWS_ON_CHART]
    series: list[tuple[Any, list[Any]]] = [(dict(METRICS)[metric], [getattr(row.figures, metric) for row in rows])]
    if report.filter.compare:
        before = [getattr(row.previous, metric) if row.previous else None for row in rows]
        series.append((_("the period before"), before))
    kind = "line" if report.filter.group_by is GroupBy.DAY else "bar"
    return {"chart": chart_data([row.label for row in rows], series) if rows else "", "chart_kind": kind}


def _whole_report(form: ReportForm) -> Report:
    return usage_report(replace(form.filter(), limit=ROWS_IN_FILE))


def _file(report: Report) -> tuple[list[str], Iterator[list[Cell]]]:
    """The same filter as on the page."""
    lines = [(row.label, row.figures, row.previous) for row in report.rows]
    total = (_("Total"), report.total, report.previous_total)
    return table_file(COLUMNS, [*lines, total], compare=report.filter.compare)


def _file_name(form: ReportForm) -> str:
    first, last = form.days()
    return f"promo-codes-{first}-{last}"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("admin_code_report") + "?" + request.GET.urlencode())
