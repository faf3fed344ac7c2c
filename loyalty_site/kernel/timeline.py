"""One line of time for what happened to somebody, put together from what each app keeps (CU-10).

An app names its `Source`s; `happened` finds the newest of all of them in one statement and has each told by its own.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.dateparse import parse_datetime

LONGEST_CURSOR = 80


@dataclass(frozen=True)
class Told:
    """What is shown: `text` says what happened, `detail` how much or why. `ref` names an order, `url` a page of it.

    `by` is the account of who did it. `tone`: "good", "warn", "bad", "info" or nothing.
    """

    text: str
    detail: str = ""
    ref: str = ""
    url: str = ""
    by: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Source:
    """`rows(customer_id)` are the rows that may be told, each once, at its `moment`; `tell(keys)` tells some of them.

    `name` is its own (at most 20 letters), `kind` what the reader filters by, `right` what he needs to see it.
    """

    name: str
    kind: str
    right: str
    moment: str
    rows: Callable[[int], QuerySet[Any]]
    tell: Callable[[Sequence[int]], Mapping[int, Told]]


def rows_of(model: Any, field: str, **given: Any) -> Callable[[int], QuerySet[Any]]:
    """The rows of a customer whose key is in `field`, with whatever else is `given`."""
    return lambda customer_id: model.objects.filter(**{field: customer_id, **given})


@dataclass(frozen=True)
class Happening:
    at: datetime
    kind: str
    source: str
    key: int
    told: Told

    @property
    def cursor(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.key}"


@dataclass(frozen=True)
class Cursor:
    """Where the page before ended. What happened at one moment stands in the order of the sources' names."""

    at: datetime
    source: str
    key: int


def cursor_of(text: str) -> Cursor | None:
    """None for what is no cursor."""
    at, _, rest = text[:LONGEST_CURSOR].partition("~")
    source, _, key = rest.partition("~")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Cursor(moment, source, int(key))


def happened(
    sources: Collection[Source], customer_id: int, *, before: Cursor | None, limit: int
) -> tuple[list[Happening], bool]:
    """At most `limit`, newest first, and whether there are more. One statement, and those of `tell` for sources met.

    Each source gives no more rows than the page holds, so that it costs the same for somebody with thousands.
    """
    if not sources:
        return [], False
    parts = [_part(source, customer_id, before)[: limit + 1] for source in sources]
    found = list(_together(parts, limit + 1))
    by_name = {source.name: source for source in sources}
    keys: dict[str, list[int]] = defaultdict(list)
    for _at, name, key in found[:limit]:
        keys[name].append(key)
    told = {name: by_name[name].tell(met) for name, met in keys.items()}
    rows = [
        Happening(at, by_name[name].kind, name, key, told[name][key])
        for at, name, key in found[:limit]
        if key in told[name]
    ]
    return rows, len(found) > limit


def _together(parts: Sequence[QuerySet[Any]], limit: int) -> QuerySet[Any]:
    if len(parts) == 1:
        return parts[0]
    return parts[0].union(*parts[1:], all=True).order_by("-story_at", "-story_source", "-story_key")[:limit]


def _part(source: Source, customer_id: int, before: Cursor | None) -> QuerySet[Any]:
    rows = (
        source.rows(customer_id).order_by().annotate(story_at=F(source.moment), story_key=Cast("pk", BigIntegerField()))
    )
    rows = rows.annotate(story_source=Value(source.name, CharField())).filter(_earlier(source, before))
    return rows.order_by("-story_at", "-story_key").values_list("story_at", "story_source", "story_key")


def _earlier(source: Source, before: Cursor | None) -> Q:
    if before is None:
        return Q(story_at__isnull=False)
    if source.name < before.source:
        return Q(story_at__lte=before.at)
    if source.name > before.source:
        return Q(story_at__lt=before.at)
    return Q(story_at__lt=before.at) | Q(story_at=before.at, story_key__lt=before.key)
