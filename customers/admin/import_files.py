"""Files that the pages of imports hand out: wrong lines with their reasons, and samples (CU-6)."""

import tempfile
from collections.abc import Iterator, Sequence

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext, override

from customers.imports.errors import UnreadableFile
from customers.imports.words import problems_text, unreadable_text
from customers.models import ImportRun
from customers.queries.imports import wrong_rows
from loyalty_site.kernel.backoffice import staff_page
from loyalty_site.kernel.cells import csv_lines, write_xlsx

MAY = "customers.import_customer"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLES: dict[str, list[list[str]]] = {
    "purchases": [
        ["Номер заказа", "Дата", "Сумма", "Скидка", "Код клиента", "Телефон", "E-mail"],
        ["А-1001", "31.12.2025 18:30", "1 234,56", "100", "10042", "+7 916 123-45-67", ""],
        ["А-1002", "2026-01-05", "990.00", "", "", "", "buyer@example.com"],
    ],
    "customers": [
        ["Код клиента", "Имя", "Фамилия", "Телефон", "E-mail", "День рождения", "Согласие e-mail", "Согласие SMS"],
        ["10042", "Покупатель", "Первый", "8 (916) 123-45-67", "buyer@example.com", "12.06.1990", "да", "нет"],
        ["10043", "Покупатель", "Второй", "", "second@example.com", "", "нет", "нет"],
    ],
}


@staff_page(MAY)
def wrong_csv(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Streams: the file may have millions of them."""
    run = get_object_or_404(ImportRun, pk=run_id)
    response = StreamingHttpResponse(_wrong_lines(run, get_language() or "ru"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run_id}-wrong.csv"'
    return response


@staff_page(MAY)
def sample_csv(request: HttpRequest, kind: str) -> HttpResponseBase:
    header, *rows = _sample(kind)
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sample-{kind}.csv"'
    return response


@staff_page(MAY)
def sample_xlsx(request: HttpRequest, kind: str) -> HttpResponseBase:
    header, *rows = _sample(kind)
    # The response closes the file when it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"sample-{kind}.xlsx", content_type=XLSX_TYPE)


def _sample(kind: str) -> list[list[str]]:
    if kind not in SAMPLES:
        raise Http404
    return SAMPLES[kind]


def _wrong_lines(run: ImportRun, language: str) -> Iterator[str]:
    with override(language):
        header = [gettext("line"), gettext("what is wrong"), *run.header]
    yield from csv_lines(header, _reasons(run, language))


def _reasons(run: ImportRun, language: str) -> Iterator[Sequence[str]]:
    try:
        for wrong, row in wrong_rows(run):
            with override(language):
                reasons = problems_text(wrong.problems)
            yield [str(wrong.line), reasons, *row]
    except (UnreadableFile, FileNotFoundError) as error:
        with override(language):
            yield ["", unreadable_text(error if isinstance(error, UnreadableFile) else UnreadableFile("gone"))]
