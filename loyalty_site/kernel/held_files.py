"""What is held of a customer as a file (CU-4): JSON for machines, HTML for people, both of one structure, streamed."""

import json
from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty_site.kernel.held import Column, Kind, Part
from loyalty_site.kernel.held_look import LOOK
from loyalty_site.kernel.held_words import said
from loyalty_site.kernel.texts import moment_text

Parts = Mapping[str, Part]
Row = Mapping[str, Any]
# More columns than a sheet of paper holds: a record each, line by line.
WIDEST = 9


def as_json(parts: Parts, *, number: int, now: datetime) -> Iterator[str]:
    """`{"made_at", "customer", "parts": {name: [rows]}}`."""
    yield f'{{"made_at": {json.dumps(now.isoformat())}, "customer": {number}, "parts": {{'
    for place, (name, part) in enumerate(parts.items()):
        yield f"{', ' if place else ''}\n{json.dumps(name)}: ["
        for row_place, row in enumerate(part.rows()):
            yield f"{',' if row_place else ''}\n  {json.dumps(row, ensure_ascii=False)}"
        yield "]"
    yield "\n}}\n"


def as_html(parts: Parts, *, number: int, now: datetime) -> Iterator[str]:
    """A section for each part, under the same names, those without rows at the end; to be read and printed."""
    title = _("All that is held of customer № %(number)d") % {"number": number}
    yield format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        get_language() or "en",
        title,
    )
    yield f"<style>{LOOK}</style></head><body>"
    yield format_html("<header><h1>{}</h1><p>{}</p><p>{}</p></header>", title, moment_text(now), _about())
    yield from _contents(parts)
    empty = []
    for name, part in parts.items():
        is_there = yield from _section(name, part)
        if not is_there:
            empty.append((name, part))
    if empty:
        yield format_html('<div class="empty"><h2>{}</h2>', _("Of these there is nothing"))
        for name, part in empty:
            yield format_html('<section id="{}">{}</section>', name, part.title)
        yield "</div>"
    yield "</body></html>\n"


def _about() -> str:
    return _("Ids and codes that only programs use are in the JSON file.")


def _contents(parts: Parts) -> Iterator[str]:
    yield format_html("<nav><h2>{}</h2><ol>", _("Contents"))
    for name, part in parts.items():
        yield format_html('<li><a href="#{}">{}</a></li>', name, part.title)
    yield "</ol></nav>"


def _section(name: str, part: Part) -> Generator[str, None, bool]:
    """Returns whether there was anything to show."""
    rows = iter(part.rows())
    first = next(rows, None)
    if first is None:
        return False
    second = next(rows, None)
    columns = {key: column for key, column in part.columns.items() if column.for_people}
    yield format_html('<section id="{}"><h2>{}</h2>', name, part.title)
    shown = _records if second is None or len(columns) > WIDEST else _table
    yield from shown(columns, _joined(first, second, rows))
    yield "</section>"
    return True


def _joined(first: Row, second: Row | None, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    if second is not None:
        yield second
        yield from rest


def _table(columns: Mapping[str, Column], rows: Iterator[Row]) -> Iterator[str]:
    yield '<div class="wide"><table><thead><tr>'
    for column in columns.values():
        yield format_html('<th scope="col"{}>{}</th>', _aligned(column), _label(column))
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>"
        for key, column in columns.items():
            yield format_html("<td{}>{}</td>", _aligned(column), said(column, row.get(key)))
        yield "</tr>"
    yield "</tbody></table></div>"


def _records(columns: Mapping[str, Column], rows: Iterator[Row]) -> Iterator[str]:
    """What is not known is left out."""
    for row in rows:
        yield "<dl>"
        for key, column in columns.items():
            if row.get(key) not in (None, "", [], {}):
                yield format_html("<div><dt>{}</dt><dd>{}</dd></div>", _label(column), said(column, row[key]))
        yield "</dl>"


def _label(column: Column) -> str:
    text = str(column.label)
    return text[:1].upper() + text[1:]


def _aligned(column: Column) -> str:
    return format_html(' class="{}"', "number") if column.kind in {Kind.MONEY, Kind.NUMBER} else ""
