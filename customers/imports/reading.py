"""Rows of a CSV or XLSX file, one after another in flat memory, whatever is in it (CU-6)."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customers.imports import workbook
from customers.imports.errors import UnreadableFile
from customers.rules.imports import delimiter_of

XLSX = "xlsx"
ENCODINGS = ("utf-8-sig", "utf-16", "cp1251", "utf-16-le", "utf-16-be", "koi8-r")
SAMPLE = 262_144
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 200
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Shape:
    """How the file is written. `encoding` is `xlsx` for a workbook, which has no separator."""

    encoding: str
    delimiter: str = ""


def recognise(path: Path) -> Shape:
    """Raises UnreadableFile for what is no table at all."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if not sample.strip():
        raise UnreadableFile("empty")
    if sample.startswith(OLD_WORKBOOK):
        raise UnreadableFile("old_workbook")
    if sample.startswith(b"PK\x03\x04"):
        workbook.refuse_hostile(path)
        return Shape(XLSX)
    encoding = _encoding_of(sample)
    return Shape(encoding, delimiter_of(_decoded(sample, encoding)))


def rows(path: Path, shape: Shape) -> Iterator[tuple[int, Sequence[str]]]:
    """(number of the line, cells), the header first. Empty rows are left out. Raises UnreadableFile on the way."""
    if shape.encoding == XLSX:
        yield from workbook.rows(path, most_columns=MOST_COLUMNS)
    else:
        yield from _csv_rows(path, shape)


def header_of(path: Path, shape: Shape) -> list[str]:
    """The titles of the columns, trimmed; raises UnreadableFile when there is nothing to read or too much."""
    first = next(iter(rows(path, shape)), None)
    if first is None:
        raise UnreadableFile("empty")
    titles = [" ".join(title.replace("\x00", "").split())[:100] for title in first[1]]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", limit=MOST_COLUMNS)
    return [title.encode("utf-8", "replace").decode() for title in titles]


def _csv_rows(path: Path, shape: Shape) -> Iterator[tuple[int, Sequence[str]]]:
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=shape.encoding, newline="") as file:
        lines = csv.reader(_lines(file), delimiter=shape.delimiter or ",")
        line = 0
        while True:
            line = lines.line_num + 1
            try:
                row = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableFile("quotes", line=line) from error
            except UnicodeError as error:
                raise UnreadableFile("encoding", line=line) from error
            if row and (row[0] or any(cell.strip() for cell in row)):
                yield line, row


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """Lines of a bounded length: a gigabyte without an end would fill the memory."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
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
        return "cp1251"
    return "utf-8-sig"


def _decoded(sample: bytes, encoding: str) -> str:
    decoder: Any = codecs.getincrementaldecoder(encoding)(errors="replace")
    return str(decoder.decode(sample))
