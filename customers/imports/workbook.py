"""Sheets of XLSX files: refused when built to harm, read row by row otherwise (CU-6)."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from customers.imports.errors import UnreadableFile

MOST_PARTS = 2_000
MEGABYTE = 1_000_000
# Texts and styles are held in memory by whoever reads a workbook; sheets are not.
MOST_IN_MEMORY = 64 * MEGABYTE
MOST_SHEET = 2_000 * MEGABYTE
# A real sheet packs some twenty times; what packs thousands of times was made to burst.
MOST_RATIO = 250
SMALL = 20 * MEGABYTE


def refuse_hostile(path: Path) -> None:
    """Raises UnreadableFile for macros, bombs and what only looks like a workbook. Unpacks nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableFile("broken_workbook") from error
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFile("macros")
    if "[Content_Types].xml" not in names or len(parts) > MOST_PARTS:
        raise UnreadableFile("broken_workbook")
    for part in parts:
        most = MOST_SHEET if part.filename.startswith("xl/worksheets/") else MOST_IN_MEMORY
        bursts = part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
        if part.file_size > most or bursts:
            raise UnreadableFile("too_big_inside")


def rows(path: Path, *, most_columns: int) -> Iterator[tuple[int, Sequence[str]]]:
    """(row of the sheet, cells as text) of the first sheet; one cell more than `most_columns` tells of too many."""
    with path.open("rb") as file:
        yield from _rows(file, most_columns)


def _rows(file: BinaryIO, most_columns: int) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        # Whatever a hostile file makes the reader stumble over, it is the file that is wrong.
        raise UnreadableFile("broken_workbook") from error
    try:
        sheet: Any = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise UnreadableFile("empty")
        # The size that the file states of itself may be anything.
        sheet.reset_dimensions()
        yield from _filled(sheet, most_columns + 1)
    finally:
        book.close()


def _filled(sheet: Any, width: int) -> Iterator[tuple[int, Sequence[str]]]:
    number = 0
    try:
        for number, values in enumerate(sheet.iter_rows(max_col=width, values_only=True), start=1):
            row = [_text(value) for value in values]
            while row and not row[-1]:
                row.pop()
            if row:
                yield number, row
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:
        raise UnreadableFile("broken_workbook", line=number + 1) from error


def _text(value: Any) -> str:
    """As a person would have typed it: whole numbers without a point, moments in ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
