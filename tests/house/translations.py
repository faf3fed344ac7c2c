"""Finds every string that the sources ask a translation for, without GNU gettext."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tests.house.sources import PROJECT, product_sources

Message = tuple[str | None, str]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def wanted_messages() -> dict[Message, str]:
    """Each (context, string) with one place where it is used."""
    found: dict[Message, str] = {}
    for place, text in _texts():
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                found.setdefault((context, first), f"{place}:{line}")
    return found


def translated_messages(language: str) -> dict[Message, list[str]]:
    """Each (context, string) of a catalogue with its translations; empty where one is missing."""
    catalogue = polib.pofile(str(PROJECT / "locale" / language / "LC_MESSAGES" / "django.po"))
    return {
        (entry.msgctxt, entry.msgid): [] if entry.fuzzy else list(entry.msgstr_plural.values()) or [entry.msgstr]
        for entry in catalogue
        if not entry.obsolete
    }


def placeholders(text: str) -> set[str]:
    """The named and plain fields of a format string."""
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}", text))


def _texts() -> Iterator[tuple[str, str]]:
    for source in product_sources():
        yield source.name, source.text
    for template in sorted((PROJECT / "templates").rglob("*")):
        if template.suffix in {".html", ".txt"}:
            yield _name(template), _as_python(template)


def _as_python(template: Path) -> str:
    # What is not to be translated becomes a run of X, which is no valid program line by line;
    # within brackets line breaks and indentation mean nothing.
    return f"({templatize(template.read_text())}\n)"


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))
