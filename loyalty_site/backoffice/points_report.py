"""The report on points: what was issued, spent and expired by month, what is owed, and whether the books are right."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.queries import programme
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx
from loyalty_site.kernel.charts import chart_data
from loyalty_site.models import DoctorReport
from points.queries import INVARIANTS, MonthOfPoints, expiring_within, liability_by_month, owed_now

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YEAR, ALL = "12", "all"
PERIODS = [(YEAR, gettext_lazy("last 12 months")), ("24", gettext_lazy("last 24 months")), (ALL, gettext_lazy("all"))]


@dataclass(frozen=True)
class Column:
    name: str
    title: Promise
    counted: Promise


COLUMNS = (
    Column("issued", gettext_lazy("Issued"), gettext_lazy("earned and given by staff")),
    Column(
        "taken_back",
        pgettext_lazy("points", "Taken back"),
        gettext_lazy("earned points of purchases that were refunded"),
    ),
    Column("spent", gettext_lazy("Spent"), gettext_lazy("paid with, less what came back from orders")),
    Column("expired", gettext_lazy("Expired"), gettext_lazy("gone at the end of their life, less what came back")),
    Column("withdrawn", gettext_lazy("Withdrawn"), gettext_lazy("taken away by staff")),
    Column(
        "liability",
        gettext_lazy("Liability"),
        gettext_lazy("what customers may still spend at the month's end, pending points too, less their debts"),
    ),
)
MOVEMENTS = COLUMNS[:-1]


@staff_page("points.view_report")
def show(request: HttpRequest) -> HttpResponseBase:
    period = _period(request)
    months = liability_by_month(since=_since(period))
    value = Decimal(programme().point_value)
    owed = owed_now()
    in_30, in_90 = expiring_within(30, 90, now=timezone.now())
    return page(
        request,
        "points/admin/report.html",
        title=_("Points report"),
        periods=PERIODS,
        period=period,
        columns=COLUMNS,
        rows=[{"label": _month(row.month), "cells": _cells(row, value)} for row in reversed(months)],
        total=[{"column": column, "value": sum(getattr(row, column.name) for row in months)} for column in MOVEMENTS],
        charts=_charts(months),
        owed=owed,
        owed_money=owed.liability * value,
        debt_money=owed.debt * value,
        expiring=[(30, in_30, in_30 * value), (90, in_90, in_90 * value)],
        point_value=value,
        **_checked(request),
    )


@staff_page("points.view_report")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    header, rows = _file(request)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-{timezone.localdate()}.csv"'
    return response


@staff_page("points.view_report")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, *_file(request))
    file.seek(0)
    name = f"points-{timezone.localdate()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _period(request: HttpRequest) -> str:
    asked = request.GET.get("period", "")
    return asked if asked in dict(PERIODS) else YEAR


def _since(period: str) -> date | None:
    """The first day of the period's first month, this month being its last."""
    if period == ALL:
        return None
    today = timezone.localdate()
    years, month = divmod(today.year * 12 + today.month - int(period), 12)
    return date(years, month + 1, 1)


def _month(first: date) -> str:
    """`июнь 2026`."""
    return date_format(first, "YEAR_MONTH_FORMAT").replace(" г.", "")


def _cells(row: MonthOfPoints, value: Decimal) -> list[dict[str, Any]]:
    cells = [{"column": column, "value": getattr(row, column.name)} for column in COLUMNS]
    return [*cells[:-1], {**cells[-1], "money": row.liability * value}]


def _charts(months: Sequence[MonthOfPoints]) -> list[dict[str, str]]:
    """Movements beside each other, and what they left owed."""
    if not months:
        return []
    labels = [_month(row.month) for row in months]
    moved = [(column.title, [getattr(row, column.name) for row in months]) for column in MOVEMENTS]
    chosen = [moved[0], moved[2], moved[3]]
    owed = [(COLUMNS[-1].title, [row.liability for row in months])]
    return [
        {"title": _("Issued, spent and expired by month"), "kind": "bar", "chart": chart_data(labels, chosen)},  # type: ignore[arg-type]
        {"title": _("Liability at the month's end"), "kind": "line", "chart": chart_data(labels, owed)},  # type: ignore[arg-type]
    ]


def _checked(request: HttpRequest) -> dict[str, Any]:
    """The last self-check's word on points, for those who see its reports."""
    if not request.user.has_perm("loyalty_site.view_doctorreport"):
        return {"checks": []}
    report = DoctorReport.objects.order_by("-ran_at", "-pk").first()
    found = report.findings if report else {}
    checks = [{"title": one.title, "found": found.get(one.code)} for one in INVARIANTS]
    return {"checks": checks, "checked": report, "broken": [one for one in checks if one["found"]]}


def _file(request: HttpRequest) -> tuple[list[str], Iterator[list[Cell]]]:
    """The page's table, the oldest month first; the liability in roubles at today's value of a point beside it."""
    months, value = liability_by_month(since=_since(_period(request))), Decimal(programme().point_value)
    header = [_("Month"), *(str(column.title) for column in COLUMNS), _("Liability, roubles")]
    rows: Iterator[list[Cell]] = (
        [f"{row.month:%Y-%m}", *(getattr(row, column.name) for column in COLUMNS), row.liability * value]
        for row in months
    )
    return header, rows
