"""A batch's codes as a file: CSV while streaming, XLSX in constant memory (PC-15)."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from loyalty_site.kernel.backoffice import staff_page
from promocodes.models import Batch
from promocodes.queries import batch_codes_csv, write_batch_codes_xlsx

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("promocodes.view_batch", "promocodes.add_batch")
def as_csv(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Support may look at a batch; only those who make codes may carry them all away."""
    batch = get_object_or_404(Batch, pk=batch_id)
    response = StreamingHttpResponse(batch_codes_csv(batch), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{batch_id}.csv"'
    return response


@staff_page("promocodes.view_batch", "promocodes.add_batch")
def as_xlsx(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(Batch, pk=batch_id)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_batch_codes_xlsx(batch, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"codes-{batch_id}.xlsx", content_type=XLSX_TYPE)
