"""Tables as files: CSV lines to stream, an XLSX written row by row. No cell can act as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.utils import timezone

Cell = str | int | Decimal | date | datetime | None
# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"
SHEET_ROWS = 1_048_576


def neutral(cell: Cell) -> str:
    """`cell` as text; text that would be read as a formula is led by an apostrophe. Numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file, the mark of UTF-8 first so that spreadsheets read Cyrillic."""
    yield BYTE_ORDER_MARK + _csv_line(header)
    for row in rows:
        yield _csv_line([neutral(cell) for cell in row])


def write_xlsx(file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write one sheet to `file` in constant memory. Sums and counts are numbers, all else is text, never a formula.

    Raises ValueError past 1,048,576 rows, the header's included: that is all a sheet holds.
    """
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            if number >= SHEET_ROWS:
                raise ValueError("More rows than a sheet holds.")
            for column, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(number, column, cell)
                elif cell is not None:
                    sheet.write_string(number, column, neutral(cell))


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
