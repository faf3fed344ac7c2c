"""Rows on their way to the staging table: read by the rules, written as COPY takes them (CU-6)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from customers.rules.imports import NULL, STAGED, Layout, Problem, reader

CHUNK = 50_000


@dataclass(frozen=True)
class Block:
    """Some rows as lines of COPY's text form; `first` is the line of the file that the first of them stands in."""

    first: int
    text: str
    count: int


def blocks(
    table: Iterator[tuple[int, Sequence[str]]], layout: Layout, *, width: int, after: int, size: int = CHUNK
) -> Iterator[Block]:
    """The rows below the titles but for the first `after`, `size` at a time. `width`: how many titles there are."""
    for _skipped in islice(table, after):
        pass
    lines = _lines(table, layout, width)
    while chunk := list(islice(lines, size)):
        yield Block(int(chunk[0].partition("\t")[0]), "".join(chunk), len(chunk))


def _lines(table: Iterator[tuple[int, Sequence[str]]], layout: Layout, width: int) -> Iterator[str]:
    read, count, join = reader(layout), len(STAGED), "\t".join
    for number, row in table:
        places, problems = read(row)
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            problems.append(Problem("row", "too_many_cells", str(len(row))))
        if problems:
            yield f"{number}\t{_escaped(problems_text(problems))}{BLANK}\n"
        else:
            yield f"{number}\t{NULL}\t{join(places[:count])}\n"


BLANK = f"\t{NULL}" * len(STAGED)


def problems_text(problems: Sequence[Problem]) -> str:
    """[[field, code, cell], …]; what cannot be stored is shown as a mark."""
    found = [[problem.field, problem.code, _shown(problem.cell)] for problem in problems]
    return json.dumps(found, ensure_ascii=False)


def _shown(cell: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if not character.isprintable() else character for character in cell)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\")
