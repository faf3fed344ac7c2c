"""The report on customers: LTV, retention, purchase frequency, as a page and as files (RP-1)."""

import tempfile
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import tasks
from customers.admin.report_columns import AVERAGE_ORDER, COLUMNS, ORDERS_EACH, REVENUE_EACH, SHOWN
from customers.admin.report_files import FILES
from customers.admin.report_form import ReportForm
from customers.admin.report_words import band_text, month_text, span_text
from customers.queries.report import (
    Cohort,
    CohortMonth,
    CohortTable,
    CustomerReport,
    Frequency,
    ReportFilter,
    channels_known,
    report_or_wait,
    segments_known,
)
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.cells import csv_lines, write_xlsx
from loyalty_site.kernel.charts import chart_data
from loyalty_site.kernel.columns import TENTH, Column, delta
from loyalty_site.kernel.texts import money_text, number_text, percent_text

RIGHT = "customers.view_reports"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The heat-map has so many shades above none.
SHADES = 7


@staff_page(RIGHT)
def show(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    context: dict[str, Any] = {}
    if form.is_valid():
        report = _report(form.filter())
        context = {"is_waiting": report is None, "period": span_text(*form.days())}
        if report is not None:
            context |= {"report": report, **_figures(report.frequency), **_cohorts(report.cohorts)}
            context |= {"before": span_text(*form.before()) if form.cleaned_data["compare"] else ""}
    return page(
        request,
        "customers/admin/report.html",
        title=_("Report on customers"),
        status=422 if form.errors else 200,
        form=form,
        columns=COLUMNS,
        query=_query(request),
        **context,
    )


@staff_page(RIGHT)
def as_csv(request: HttpRequest) -> HttpResponseBase:
    form = _form(request)
    report = _report(form.filter()) if form.is_valid() else None
    if report is None:
        return _back(request)
    response = StreamingHttpResponse(csv_lines(*FILES[_table(request)](report)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(form, _table(request))}.csv"'
    return response


@staff_page(RIGHT)
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    form = _form(request)
    report = _report(form.filter()) if form.is_valid() else None
    if report is None:
        return _back(request)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, *FILES[_table(request)](report))
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{_file_name(form, _table(request))}.xlsx", content_type=XLSX_TYPE
    )


def _form(request: HttpRequest) -> ReportForm:
    return ReportForm(request.GET, channels=channels_known(), segments=segments_known())


def _report(asked: ReportFilter) -> CustomerReport | None:
    """None while the worker reckons it."""
    values = {
        "first": asked.first_day.isoformat(),
        "last": asked.last_day.isoformat(),
        "channel": asked.channel,
        "segment_id": asked.segment.pk if asked.segment else None,
        "compare": asked.compare,
    }
    return report_or_wait(asked, now=timezone.now(), start=lambda: tasks.reckon_customer_report.delay(**values))


def _figures(found: Frequency) -> dict[str, Any]:
    labels = [band_text(band.least, band.most) for band in found.bands]
    return {
        "figures": [_figure(found, column) for column in SHOWN],
        "product": [column.text(found.total) for column in (REVENUE_EACH, AVERAGE_ORDER, ORDERS_EACH)],
        "bands": list(zip(labels, found.bands, strict=True)),
        "bands_chart": chart_data(labels, [(_("Buyers"), [band.customers for band in found.bands])]),
    }


def _figure(found: Frequency, column: Column) -> dict[str, Any]:
    previous = found.previous
    return {
        "column": column,
        "text": column.text(found.total),
        "share": column.share_text(found.total),
        "before": column.text(previous) if previous else "",
        "delta": delta(column, found.total, previous) if previous else None,
    }


def _cohorts(table: CohortTable) -> dict[str, Any]:
    ages = list(table.ages)
    lived = table.average
    if not table.cohorts:
        return {"cohorts": []}
    # In its own month everybody of a cohort bought: that is no retention, and its shade would drown the others.
    most = max((one.retention for cohort in table.cohorts for one in cohort.months[1:]), default=Decimal(0))
    top = max(one.ltv for cohort in table.cohorts for one in cohort.months)
    names = [_age(one.age) for one in lived]
    return {
        "cohorts": table.cohorts,
        "ages": ages,
        "retention": [_line(cohort, "retention", most) for cohort in table.cohorts],
        "ltv": [_line(cohort, "ltv", top) for cohort in table.cohorts],
        "average": {
            "retention": [_percent(one.retention) for one in lived],
            "ltv": [money_text(one.ltv.quantize(Decimal(1))) for one in lived],
            "left": range(len(ages) - len(lived)),
        },
        "retention_chart": chart_data(names[1:], [(_("Came back, %"), [one.retention for one in lived[1:]])]),
        "ltv_chart": chart_data(names, [(_("Revenue per customer"), [one.ltv for one in lived])]),
    }


def _line(cohort: Cohort, name: str, most: Decimal) -> dict[str, Any]:
    return {
        "label": month_text(cohort.month),
        "size": number_text(cohort.size),
        "cells": [_cell(one, name, most) for one in cohort.months],
    }


def _cell(one: CohortMonth, name: str, most: Decimal) -> dict[str, Any]:
    value = getattr(one, name)
    is_share = name == "retention"
    shade = 0 if is_share and one.age == 0 else _shade(value, most)
    detail = _detail(one)
    return {
        "text": _percent(value) if is_share else money_text(value.quantize(Decimal(1))),
        "shade": shade,
        "title": detail if one.is_over else _("%(detail)s; the month is not over") % {"detail": detail},
        "is_over": one.is_over,
    }


def _shade(value: Decimal, most: Decimal) -> int:
    return min(int(value / most * SHADES) + 1, SHADES) if value and most else 0


def _percent(value: Decimal) -> str:
    return percent_text(value.quantize(TENTH if value < 10 else Decimal(1)))


def _detail(one: CohortMonth) -> str:
    said = ngettext(
        "%(buyers)s of %(size)s customer bought, revenue %(revenue)s",
        "%(buyers)s of %(size)s customers bought, revenue %(revenue)s",
        one.size,
    )
    return said % {
        "buyers": number_text(one.buyers),
        "size": number_text(one.size),
        "revenue": money_text(one.revenue),
    }


def _age(age: int) -> str:
    return _("month %(n)s") % {"n": age}


def _table(request: HttpRequest) -> str:
    asked = request.GET.get("table", "")
    return asked if asked in FILES else "cohorts"


def _file_name(form: ReportForm, table: str) -> str:
    first, last = form.days()
    return f"customers-{table}-{first}-{last}"


def _query(request: HttpRequest) -> str:
    """The filter without the choice of a table, for the addresses of the files."""
    query = request.GET.copy()
    query.pop("table", None)
    return query.urlencode()


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("admin_customer_report") + "?" + request.GET.urlencode())
