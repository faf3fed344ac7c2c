"""What is held of a customer, part by part (CU-4): rows of plain values with their names, for JSON and for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import DateField, DateTimeField, DecimalField, Field, IntegerField, Model, QuerySet
from django.utils.functional import Promise

CHUNK = 2_000
SUM_DIGITS = 12
Words = str | Promise
Said = Mapping[str, Mapping[str, Any]]


class Kind(StrEnum):
    """How people read a value; JSON has it as it is stored."""

    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """`choices` say a stored code in words, for people. `for_people` false: an id that only programs can use."""

    label: Words
    kind: Kind = Kind.TEXT
    choices: Mapping[Any, Words] = field(default_factory=dict)
    for_people: bool = True


# What `said` says of a column that tells people nothing.
FOR_PROGRAMS: Mapping[str, Any] = {"for_people": False}


@dataclass(frozen=True)
class Part:
    """`rows` are read as they are written out, so that a ledger of any length takes no memory.

    `tables` are what it was read from: a test asks that no table with customers is forgotten.
    """

    title: Words
    columns: Mapping[str, Column]
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    tables: frozenset[str]


def part_of(
    title: Words,
    rows: QuerySet[Any],
    *fields: str,
    tables: Iterable[str] = (),
    said: Said | None = None,
    **paths: str,
) -> Part:
    """The rows with `paths` (`tier="tier__code"`) under new names, and `fields` of their model under their own.

    Labels, kinds and choices are those of the model's fields; `said` has what is told otherwise, by the column's name.
    """
    chosen = {**paths, **{name: name for name in fields}}
    columns = {name: replace(_column(rows.model, path), **(said or {}).get(name, {})) for name, path in chosen.items()}

    def read() -> Iterator[Mapping[str, Any]]:
        for values in rows.values_list(*chosen.values()).iterator(chunk_size=CHUNK):
            yield {name: plain(value) for name, value in zip(chosen, values, strict=True)}

    return Part(title, columns, read, frozenset({rows.model._meta.db_table, *tables}))


def part_of_values(
    title: Words, columns: Mapping[str, Column], rows: Iterable[Mapping[str, Any]], *, tables: Iterable[str] = ()
) -> Part:
    """Rows that were worked out already."""
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
    found: Any = None
    for name in path.split("__"):
        found = model._meta.get_field(name)
        model = found.related_model or model
    label = found.verbose_name if isinstance(found, Field) else path
    return Column(label, _kind(found), dict(getattr(found, "flatchoices", ()) or ()))


def _kind(found: Any) -> Kind:
    """Sums are `numeric(12,2)` or wider everywhere (M-1); a key is no number to be read with spaces."""
    match found:
        case DateTimeField():
            return Kind.MOMENT
        case DateField():
            return Kind.DAY
        case DecimalField():
            return Kind.MONEY if found.max_digits >= SUM_DIGITS and found.decimal_places == 2 else Kind.NUMBER
        case IntegerField():
            return Kind.TEXT if found.primary_key or found.is_relation else Kind.NUMBER
    return Kind.TEXT
