"""What people see of an import: the first rows as they will be stored, and what is wrong with which line (CU-6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from customers.imports import store
from customers.imports.errors import UnreadableFile
from customers.imports.reading import Shape, rows
from customers.models import ImportRun
from customers.rules.imports import FIELDS, Layout, Problem, reader, values

SHOWN = 12
SOME = 2_000


@dataclass(frozen=True)
class WrongLine:
    """`line` of the file (a row of the sheet), and what is wrong in it."""

    line: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class PreviewRow:
    """A row as it will be stored: the values of `chosen_fields`, in their order."""

    line: int
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]


def layout_of(run: ImportRun) -> Layout:
    """How the rows of this run are read."""
    return Layout(
        kind=run.kind,
        columns=run.columns,
        today=timezone.localdate(),
        region=settings.PHONENUMBER_DEFAULT_REGION,
        zone=settings.TIME_ZONE,
    )


def chosen_fields(run: ImportRun) -> list[str]:
    """Fields that have a column, in the order in which people choose them: JSON keeps none."""
    return [name for name in FIELDS[run.kind] if name in run.columns]


def preview(run: ImportRun, *, limit: int = SHOWN) -> list[PreviewRow]:
    """The first rows of the file. Raises UnreadableFile, FileNotFoundError."""
    read = reader(layout_of(run))
    found = []
    for line, row in islice(_table(run), limit):
        places, problems = read(row)
        shown = values(places, run.columns)
        found.append(PreviewRow(line, tuple(shown[name] for name in chosen_fields(run)), tuple(problems)))
    return found


def wrong_lines(run: ImportRun, *, limit: int) -> list[WrongLine]:
    """The first lines that cannot be imported, by their numbers; none once what was staged is gone."""
    if not run.is_staged or not is_staged(run):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_named(WRONG, run) + " LIMIT %s", [limit])
        return [_wrong(line, problem) for line, problem in cursor.fetchall()]


def wrong_rows(run: ImportRun) -> Iterator[tuple[WrongLine, Sequence[str]]]:
    """All wrong lines with the cells they have in the file: the file is read once more, beside a cursor."""
    if not run.is_staged or not is_staged(run):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_named(f"DECLARE wrong_lines NO SCROLL CURSOR FOR {WRONG}", run))
        waiting = _fetched(cursor)
        wrong = next(waiting, None)
        for line, row in _table(run):
            if wrong is None:
                break
            if line == wrong.line:
                yield wrong, row
                wrong = next(waiting, None)
        cursor.execute("CLOSE wrong_lines")


def is_staged(run: ImportRun) -> bool:
    """The tables of the run are still there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_named("customers_import_match_{run}", run)])
        return bool(cursor.fetchone()[0])


def share_read(run: ImportRun) -> int | None:
    """Hundredths of the file, about: rows read against the size of its first rows. None for a workbook, as packed."""
    if not run.delimiter:
        return None
    try:
        sample = list(islice(_table(run), 200))
    except (UnreadableFile, FileNotFoundError):
        return None
    width = sum(sum(len(cell) + 1 for cell in row) for _line, row in sample) // max(len(sample), 1)
    return min(99, run.position * max(width, 1) * 100 // max(run.file_size, 1))


def first_cells(run: ImportRun) -> list[str]:
    """The first row as it stands in the file; empty when there is none."""
    try:
        return next(([*row] for _line, row in _table(run)), [])
    except (UnreadableFile, FileNotFoundError):
        return []


def _table(run: ImportRun) -> Iterator[tuple[int, Sequence[str]]]:
    return rows(store.path_of(run.file_key), Shape(run.encoding, run.delimiter), after=run.header_line)


def _fetched(cursor: object) -> Iterator[WrongLine]:
    fetching: list[tuple[int, str]] = [(0, "")]
    while fetching:
        cursor.execute(f"FETCH {SOME} FROM wrong_lines")  # type: ignore[attr-defined]
        fetching = cursor.fetchall()  # type: ignore[attr-defined]
        for line, problem in fetching:
            yield _wrong(line, problem)


def _wrong(line: int, problem: str) -> WrongLine:
    return WrongLine(line, tuple(Problem(*one) for one in json.loads(problem)))


def _named(statement: str, run: ImportRun) -> str:
    return statement.replace("{run}", str(int(run.pk)))


WRONG = """
SELECT s.line, COALESCE(s.problem, m.problem) FROM customers_import_stage_{run} s
LEFT JOIN customers_import_match_{run} m ON m.who = s.who
WHERE s.problem IS NOT NULL OR m.problem IS NOT NULL ORDER BY s.line
"""
