"""Rows of a CSV or XLSX file, one after another in flat memory, whatever is in it (CU-6)."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from customers.imports import workbook
from customers.imports.errors import UnreadableFile
from customers.rules.imports import delimiter_of, row_of_titles

XLSX = "xlsx"
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "cp1251": "Windows-1251",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "koi8-r": "KOI8-R",
    "cp866": "DOS 866",
}
SAMPLE = 262_144
LONGEST_ROW = 1_000_000
MOST_COLUMNS = 200
# Titles may stand below a heading, but not further down than this.
ROWS_BEFORE_TITLES = 20
SIGNATURES = {
    b"\xd0\xcf\x11\xe0": "old_workbook",
    b"\x1f\x8b": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"%PDF": "no_table",
    b"{\\rtf": "no_table",
    b"\x89PNG": "no_table",
    b"\xff\xd8\xff": "no_table",
}
WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|\?xml|table|meta|style)\b", re.IGNORECASE)
CYRILLIC = re.compile("[\u0400-\u04ff]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Shape:
    """How the file is written. `encoding` is `xlsx` for a workbook, which has no separator."""

    encoding: str
    delimiter: str = ""


@dataclass(frozen=True)
class Header:
    """The titles of the columns, trimmed, and the line they stand in; 0 when the file names none."""

    line: int
    titles: list[str]


def recognise(path: Path) -> Shape:
    """Raises UnreadableFile for what is no table at all."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if not sample.strip():
        raise UnreadableFile("empty")
    for signature, code in SIGNATURES.items():
        if sample.startswith(signature):
            raise UnreadableFile(code)
    if sample.startswith(b"PK\x03\x04"):
        workbook.refuse_hostile(path)
        return Shape(XLSX)
    encoding = _encoding_of(sample)
    text = _decoded(sample, encoding)
    if WEB_PAGE.match(text):
        raise UnreadableFile("web_page")
    if len(CONTROLS.findall(text)) * 20 > len(text):
        raise UnreadableFile("no_table")
    return Shape(encoding, delimiter_of(text))


def rows(path: Path, shape: Shape, *, after: int = 0) -> Iterator[tuple[int, Sequence[str]]]:
    """(number of the line, cells) of what stands below the line `after`. Empty rows are left out.

    Raises UnreadableFile on the way.
    """
    found = workbook.rows(path, most_columns=MOST_COLUMNS) if shape.encoding == XLSX else _csv_rows(path, shape)
    if not after:
        return found
    return _below(found, after)


def header_of(path: Path, shape: Shape, *, line: int | None = None) -> Header:
    """Its titles stand in `line` or the next that holds anything; 0: there are none; None: where they seem to stand.

    Raises UnreadableFile when there is nothing to read or too much.
    """
    first = list(islice(rows(path, shape, after=max((line or 0) - 1, 0)), ROWS_BEFORE_TITLES))
    if not first:
        raise UnreadableFile("empty")
    index = 0 if line is not None else row_of_titles([row for _line, row in first])
    if line == 0 or index is None:
        header = Header(0, [""] * _width(first))
    else:
        header = Header(first[index][0], _titles(first[index][1]))
    if len(header.titles) > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", limit=MOST_COLUMNS)
    return header


def _titles(row: Sequence[str]) -> list[str]:
    titles = [" ".join(title.replace("\x00", "").split())[:100] for title in row]
    while titles and not titles[-1]:
        titles.pop()
    return [title.encode("utf-8", "replace").decode() for title in titles]


def _width(first: Sequence[tuple[int, Sequence[str]]]) -> int:
    return max(index + 1 for _line, row in first for index, cell in enumerate(row) if cell.strip())


def _below(found: Iterator[tuple[int, Sequence[str]]], line: int) -> Iterator[tuple[int, Sequence[str]]]:
    for number, row in found:
        if number > line:
            yield number, row
            break
    yield from found


def _csv_rows(path: Path, shape: Shape) -> Iterator[tuple[int, Sequence[str]]]:
    taken = [0]
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=shape.encoding, newline="") as file:
        lines = csv.reader(_lines(file, taken), delimiter=shape.delimiter or ",")
        line = 0
        while True:
            line, taken[0] = lines.line_num + 1, 0
            try:
                row = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableFile("quotes", line=line) from error
            except UnicodeError as error:
                raise UnreadableFile("encoding", line=line) from error
            if row and (row[0].strip() or any(cell.strip() for cell in row)):
                yield line, row


def _lines(file: io.TextIOWrapper, taken: list[int]) -> Iterator[str]:
    """Lines of a bounded length: a gigabyte without an end would fill the memory. So would one row of many lines:
    `taken` holds the characters that the row has so far, whoever reads rows sets it back."""
    number = 0
    while line := file.readline(LONGEST_ROW):
        number += 1
        taken[0] += len(line)
        if taken[0] >= LONGEST_ROW:
            raise UnreadableFile("line_too_long", line=number)
        yield line


def _encoding_of(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        # Every other byte is that of Latin or of Cyrillic letters.
        high = sample[first:2000:2]
        if high.count(0) and high.count(0) + high.count(4) > len(high) * 9 // 10:
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(sample)
    except UnicodeDecodeError:
        text = sample.decode("utf-8", "replace")
        # A few wrong bytes among much Cyrillic are a damaged UTF-8, to be told of, and no Windows-1251.
        is_utf8 = len(CYRILLIC.findall(text)) > 10 * text.count("\N{REPLACEMENT CHARACTER}")
        return "utf-8-sig" if is_utf8 else "cp1251"
    return "utf-8-sig"


def _decoded(sample: bytes, encoding: str) -> str:
    decoder: Any = codecs.getincrementaldecoder(encoding)(errors="replace")
    return str(decoder.decode(sample))
