"""A batch's codes as a file: CSV while streaming, XLSX in constant memory (PC-15)."""

import tempfile
from collections.abc import Iterator

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import staff_page
from promocodes.models import Batch, PromoCode

CHUNK = 5_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("promocodes.view_batch", "promocodes.add_batch")
def as_csv(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Letters and digits only (PC-4): nothing to quote, no formula possible."""
    get_object_or_404(Batch, pk=batch_id)
    response = StreamingHttpResponse(_lines(batch_id), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{batch_id}.csv"'
    return response


@staff_page("promocodes.view_batch", "promocodes.add_batch")
def as_xlsx(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    get_object_or_404(Batch, pk=batch_id)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet(_("Codes"))
    sheet.write_string(0, 0, _("code"))
    for row, code in enumerate(_codes(batch_id), start=1):
        sheet.write_string(row, 0, code)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"codes-{batch_id}.xlsx", content_type=XLSX_TYPE)


def _lines(batch_id: int) -> Iterator[str]:
    yield "code\r\n"
    buffer: list[str] = []
    for code in _codes(batch_id):
        buffer.append(code)
        if len(buffer) == CHUNK:
            yield "\r\n".join(buffer) + "\r\n"
            buffer = []
    if buffer:
        yield "\r\n".join(buffer) + "\r\n"


def _codes(batch_id: int) -> Iterator[str]:
    codes = PromoCode.objects.filter(terms__batch=batch_id).order_by("pk").values_list("code", flat=True)
    return codes.iterator(chunk_size=CHUNK)
