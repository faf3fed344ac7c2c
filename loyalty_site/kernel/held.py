"""What is held of a customer, part by part (CU-4): rows of plain values with their names, for JSON and for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.utils.functional import Promise

CHUNK = 2_000
Words = str | Promise


@dataclass(frozen=True)
class Column:
    """`choices` say a stored code in words, for people; JSON has the code."""

    label: Words
    choices: Mapping[Any, Words]


@dataclass(frozen=True)
class Part:
    """`rows` are read as they are written out, so that a ledger of any length takes no memory.

    `tables` are what it was read from: a test asks that no table with customers is forgotten.
    """

    title: Words
    columns: Mapping[str, Column]
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    tables: frozenset[str]


def part_of(title: Words, rows: QuerySet[Any], *fields: str, tables: Iterable[str] = (), **paths: str) -> Part:
    """The rows with `fields` of their model under their own names, and `paths` (`tier="tier__code"`) under new ones."""
    chosen = {**{name: name for name in fields}, **paths}
    columns = {name: _column(rows.model, path) for name, path in chosen.items()}

    def read() -> Iterator[Mapping[str, Any]]:
        for values in rows.values_list(*chosen.values()).iterator(chunk_size=CHUNK):
            yield {name: plain(value) for name, value in zip(chosen, values, strict=True)}

    return Part(title, columns, read, frozenset({rows.model._meta.db_table, *tables}))


def part_of_values(
    title: Words, labels: Mapping[str, Words], rows: Iterable[Mapping[str, Any]], *, tables: Iterable[str] = ()
) -> Part:
    """Rows that were worked out already."""
    columns = {name: Column(label, {}) for name, label in labels.items()}
    return Part(title, columns, lambda: ({k: plain(v) for k, v in row.items()} for row in rows), frozenset(tables))


def plain(value: Any) -> Any:
    """As JSON has it: moments and days as ISO text, money as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def _column(model: type[Model], path: str) -> Column:
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    label = field.verbose_name if isinstance(field, Field) else path
    return Column(label, dict(getattr(field, "flatchoices", ()) or ()))
