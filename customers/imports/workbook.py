"""Sheets of XLSX files: refused when built to harm, read row by row otherwise (CU-6)."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from customers.imports.errors import UnreadableFile

MOST_PARTS = 2_000
MEGABYTE = 1_000_000
# Texts and styles are held in memory by whoever reads a workbook; sheets are not.
MOST_TEXTS = 64 * MEGABYTE
MOST_IN_MEMORY = MEGABYTE
MOST_SHEET = 2_000 * MEGABYTE
# A real sheet packs some twenty times; what packs thousands of times was made to burst.
MOST_RATIO = 250
SMALL = 20 * MEGABYTE
WIDEST = 16_384
MOST_ROWS = 1_048_576
# Cards and codes kept as numbers are shown with the zeros they begin with.
LEADING_ZEROS = re.compile("0{2,40}")


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
        raise UnreadableFile("broken_workbook" if "mimetype" in names else "archive")
    for part in parts:
        bursts = part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
        if part.file_size > _most(part.filename) or bursts:
            raise UnreadableFile("too_big_inside")


def _most(name: str) -> int:
    """Bytes that a part may have unpacked: sheets are read as they come, the rest is held, styles as many objects."""
    if name.startswith("xl/worksheets/") or not name.endswith((".xml", ".rels")):
        return MOST_SHEET
    return MOST_TEXTS if name == "xl/sharedStrings.xml" else MOST_IN_MEMORY


def sheet_names(path: Path) -> list[str]:
    """Of all sheets that hold anything, the one that is read first. Raises UnreadableFile."""
    with path.open("rb") as file, _book(file) as book:
        return [sheet.title for sheet in _sheets(book)]


def rows(path: Path, *, most_columns: int) -> Iterator[tuple[int, Sequence[str]]]:
    """(row of the sheet, cells as text) of the first sheet that holds anything, hidden ones last.

    One cell more than `most_columns` tells of too many.
    """
    with path.open("rb") as file, _book(file) as book:
        for sheet in _sheets(book):
            yield from _filled(sheet, most_columns + 1)
            return


@contextmanager
def _book(file: BinaryIO) -> Iterator[Any]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        # Whatever a hostile file makes the reader stumble over, it is the file that is wrong.
        raise UnreadableFile("broken_workbook") from error
    try:
        yield book
    finally:
        book.close()


def _sheets(book: Any) -> Iterator[Any]:
    for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
        # The size that the file states of itself may be anything.
        sheet.reset_dimensions()
        if next(_filled(sheet, WIDEST), None):
            yield sheet


def _filled(sheet: Any, width: int) -> Iterator[tuple[int, Sequence[str]]]:
    number = 0
    try:
        # Rows that are missing cost nothing as long as no width is asked for.
        for number, cells in enumerate(sheet.iter_rows(min_row=1), start=1):
            if number > MOST_ROWS:
                raise UnreadableFile("broken_workbook", line=number)
            row = [_shown(cell) for cell in cells[:width]]
            while row and not row[-1].strip():
                row.pop()
            if row:
                yield number, row
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:
        raise UnreadableFile("broken_workbook", line=number + 1) from error


def _shown(cell: Any) -> str:
    text = _text(cell.value)
    if isinstance(cell.value, int) and LEADING_ZEROS.fullmatch(cell.number_format):
        return text.zfill(len(cell.number_format))
    return text


def _text(value: Any) -> str:
    """As a person would have typed it: whole numbers without a point, moments in ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
