"""What is held of a customer as a file (CU-4): JSON for machines, HTML for people, both of one structure, streamed."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty_site.kernel.held import Column, Part
from loyalty_site.kernel.texts import moment_text

Parts = Mapping[str, Part]
# The file is read from a disk, far from the site's own style.
LOOK = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse}.wide{overflow-x:auto}"
    "th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)


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
    """One section for each part, under the same names; parts without rows say so."""
    title = _("All that is held of customer № %(number)d") % {"number": number}
    yield format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>', get_language() or "en", title
    )
    yield f"<style>{LOOK}</style></head><body>"
    yield format_html("<h1>{}</h1><p>{}</p>", title, moment_text(now))
    for name, part in parts.items():
        yield from _section(name, part)
    yield "</body></html>\n"


def _section(name: str, part: Part) -> Iterator[str]:
    yield format_html('<section id="{}"><h2>{}</h2>', name, part.title)
    is_empty = True
    for row in part.rows():
        if is_empty:
            is_empty = False
            yield '<div class="wide"><table><thead><tr>'
            yield from (format_html('<th scope="col">{}</th>', column.label) for column in part.columns.values())
            yield "</tr></thead><tbody>"
        yield "<tr>"
        yield from (format_html("<td>{}</td>", said(column, row.get(key))) for key, column in part.columns.items())
        yield "</tr>"
    yield format_html("<p>{}</p>", _("Nothing.")) if is_empty else "</tbody></table></div>"
    yield "</section>"


def said(column: Column, value: Any) -> str:
    """A value for people: codes in words, moments in the shop's time, yes and no."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in column.choices if isinstance(value, str | int) else False:
        return str(column.choices[value])
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else "—"
    moment = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    return moment_text(moment) if moment else str(value)
