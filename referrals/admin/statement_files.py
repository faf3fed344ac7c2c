"""An ambassador's statement as files: all months, or with `?month=2026-05` the lines of one."""

import tempfile
from collections.abc import Iterator

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from loyalty_site.kernel.backoffice import staff_page
from loyalty_site.kernel.cells import Cell, csv_lines, write_xlsx
from referrals.admin.statement_words import asked_month, lines_file, months_file
from referrals.models import Ambassador
from referrals.queries import statement, statement_lines

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("referrals.view_ambassador")
def as_csv(request: HttpRequest, ambassador_id: int) -> HttpResponseBase:
    name, header, rows = _file(request, ambassador_id)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@staff_page("referrals.view_ambassador")
def as_xlsx(request: HttpRequest, ambassador_id: int) -> HttpResponseBase:
    name, header, rows = _file(request, ambassador_id)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _file(request: HttpRequest, ambassador_id: int) -> tuple[str, list[str], Iterator[list[Cell]]]:
    """Name without an ending, header, rows."""
    ambassador = get_object_or_404(Ambassador, pk=ambassador_id)
    month = asked_month(request.GET.get("month", ""))
    if month is None:
        return (f"statement-{ambassador.code}", *months_file(statement(ambassador.pk)))
    name = f"statement-{ambassador.code}-{month:%Y-%m}"
    return (name, *lines_file(statement_lines(ambassador.pk, month=month)))
