"""The report on referrals (R-6): the way from a visit to a reward, cost and revenue, as a page and as files."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx
from loyalty_site.kernel.charts import chart_data
from loyalty_site.kernel.columns import cells, delta, table_file
from promocodes.rules.summary import days_text
from referrals.admin.report_columns import COLUMNS, COST, FILE_COLUMNS, PER_BUYER, RATIO, REVENUE, STEPS
from referrals.admin.report_form import METRICS, MONEY, ReportForm
from referrals.admin.report_form import STEPS as STEPS_CHOSEN
from referrals.queries.report import Funnel, FunnelRow, GroupBy, funnel, owed_now, without_gaps

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TIMES = {GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH}
ROWS_ON_CHART = 12
ROWS_IN_FILE = 100_000
# By the first letter of a referrer's key: the right to see his page, and the page.
PAGES = {
    "a": ("referrals.view_ambassador", "admin:referrals_ambassador_page"),
    "c": ("customers.view_customer", "admin:customers_customer_change"),
}
SEVERAL = {STEPS_CHOSEN: STEPS[1:], MONEY: (COST, REVENUE)}


@staff_page("referrals.view_report")
def show(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.GET)
    context: dict[str, Any] = {"report": None}
    if form.is_valid():
        report = funnel(form.filter())
        context = {
            **_table(request, report),
            **_chart(report, form.cleaned_data["metric"]),
            **_owed(report),
            "steps": _steps(report),
            "sums": [_sum(report, column) for column in (COST, REVENUE, RATIO, PER_BUYER)],
            "period": days_text(*form.days()),
        }
    return page(
        request,
        "referrals/admin/report.html",
        title=_("Report on referrals"),
        status=422 if form.errors else 200,
        form=form,
        columns=COLUMNS,
        query=request.GET.urlencode(),
        **context,
    )


@staff_page("referrals.view_report")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _back(request)
    header, rows = _file(form)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(form)}.csv"'
    return response


@staff_page("referrals.view_report")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _back(request)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, *_file(form))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_file_name(form)}.xlsx", content_type=XLSX_TYPE)


def _table(request: HttpRequest, report: Funnel) -> dict[str, Any]:
    """Times are read from the latest back, as a list of news."""
    rows = reversed(report.rows) if report.filter.group_by in TIMES else report.rows
    return {
        "report": report,
        "rows": [
            {"row": row, "link": _link(request, report, row), "cells": cells(COLUMNS, row.figures, row.previous)}
            for row in rows
        ],
        "total": cells(COLUMNS, report.total, report.previous_total),
        "is_cut": len(report.rows) >= report.filter.limit,
    }


def _steps(report: Funnel) -> list[dict[str, Any]]:
    """The funnel: each step beside the widest."""
    widest = max(getattr(report.total, column.name) for column in STEPS) or 1
    return [
        {**_sum(report, column), "value": getattr(report.total, column.name), "most": widest, "place": place}
        for place, column in enumerate(STEPS)
    ]


def _sum(report: Funnel, column: Any) -> dict[str, Any]:
    previous = report.previous_total
    return {
        "column": column,
        "text": column.text(report.total),
        "before": column.text(previous) if previous else "",
        "delta": delta(column, report.total, previous) if previous else None,
    }


def _owed(report: Funnel) -> dict[str, Any]:
    """What is earned and not paid yet, of the whole shop and now."""
    owed = owed_now()
    named = [(_("Waiting for the end of the hold"), owed.waiting), (_("Under review"), owed.held)]
    return {
        "owed": [{"title": title, "sums": sums, "worth": sums.worth(report.point_value)} for title, sums in named],
    }


def _chart(report: Funnel, metric: str) -> dict[str, Any]:
    is_time = report.filter.group_by in TIMES
    rows: Sequence[FunnelRow] = without_gaps(report) if is_time else report.rows[:ROWS_ON_CHART]
    columns = SEVERAL.get(metric)
    if columns:
        series: list[Any] = [(column.title, [getattr(row.figures, column.name) for row in rows]) for column in columns]
    else:
        series = [(dict(METRICS)[metric], [getattr(row.figures, metric) for row in rows])]
        if report.filter.compare:
            before = [getattr(row.previous, metric) if row.previous else None for row in rows]
            series.append((_("the period before"), before))
    kind = "line" if is_time else "bar"
    return {"chart": chart_data([row.label for row in rows], series) if report.rows else "", "chart_kind": kind}


def _link(request: HttpRequest, report: Funnel, row: FunnelRow) -> str:
    """From a referrer's line to his page, for those who may see it."""
    if report.filter.group_by is not GroupBy.REFERRER:
        return ""
    right, page_of = PAGES[row.key[0]]
    return reverse(page_of, args=[row.key[1:]]) if request.user.has_perm(right) else ""


def _file(form: ReportForm) -> tuple[list[str], Iterator[list[Cell]]]:
    """The same filter as on the page, shares and parts of the cost by themselves."""
    report = funnel(replace(form.filter(), limit=ROWS_IN_FILE))
    lines = [(row.label, row.figures, row.previous) for row in report.rows]
    total = (_("Total"), report.total, report.previous_total)
    return table_file(FILE_COLUMNS, [*lines, total], compare=report.filter.compare)


def _file_name(form: ReportForm) -> str:
    first, last = form.days()
    return f"referrals-{first}-{last}"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("admin_referral_report") + "?" + request.GET.urlencode())
