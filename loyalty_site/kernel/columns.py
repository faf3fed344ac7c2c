"""The columns of a report: how each figure is called, counted, written, compared, and put into a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from loyalty_site.kernel.cells import Cell
from loyalty_site.kernel.texts import MINUS, money_text, number_text, percent_text

TENTH = Decimal("0.1")
TEXTS = {"count": number_text, "money": money_text, "percent": percent_text}
# What a line of a report is called, its figures, and those of the period before where there is one.
Line = tuple[str, Any, Any]


@dataclass(frozen=True)
class Column:
    """One figure: its attribute `name`, its title, how it is counted, and whether it is a count, money or a percent.

    `share` names the percent that is shown beside it. More of it is good news, unless `is_more_better` is False.
    """

    name: str
    title: str | Promise
    counted: str | Promise
    kind: str = "count"
    share: str = ""
    is_more_better: bool = True

    def text(self, figures: Any) -> str:
        value = getattr(figures, self.name)
        return "—" if value is None else TEXTS[self.kind](value)

    def share_text(self, figures: Any) -> str:
        value = getattr(figures, self.share) if self.share else None
        return "" if value is None else percent_text(value.quantize(TENTH))


def cells(columns: Iterable[Column], figures: Any, previous: Any = None) -> list[dict[str, Any]]:
    """A line of the table on the page: `column`, `text`, `share`; with the period before also `before` and `delta`."""
    return [
        {
            "column": column,
            "text": column.text(figures),
            "share": column.share_text(figures),
            "before": column.text(previous) if previous else "",
            "delta": delta(column, figures, previous) if previous else None,
        }
        for column in columns
    ]


def delta(column: Column, figures: Any, previous: Any) -> dict[str, Any] | None:
    """By how many percent it is more or less than before, and whether that is good; None where there is no change."""
    now, before = getattr(figures, column.name), getattr(previous, column.name)
    if now is None or not before or now == before:
        return None
    percent = (Decimal(now) - Decimal(before)) / Decimal(before) * 100
    sign = "+" if percent > 0 else MINUS
    is_good = (percent > 0) is column.is_more_better
    return {"is_good": is_good, "text": sign + percent_text(abs(percent).quantize(Decimal(1)))}


def table_file(
    columns: Sequence[Column], lines: Iterable[Line], *, compare: bool
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows of a file, figures as numbers; with `compare` each is followed by the one before."""
    header = [_("Group")]
    for column in columns:
        header.append(str(column.title))
        if compare:
            header.append(_("%(title)s, the period before") % {"title": column.title})
    return header, _file_rows(columns, lines, compare=compare)


def _file_rows(columns: Sequence[Column], lines: Iterable[Line], *, compare: bool) -> Iterator[list[Cell]]:
    for label, figures, previous in lines:
        line: list[Cell] = [label]
        for column in columns:
            line.append(getattr(figures, column.name))
            if compare:
                line.append(getattr(previous, column.name) if previous else None)
        yield line
