"""Lists by cursor, newest first: {"next", "previous", "results"}. One query a page, whatever its number."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from loyalty_site.kernel.errors import invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
KEY = re.compile(r"\d{1,18}", re.ASCII)
LIMIT = re.compile(r"[1-9]\d{0,2}", re.ASCII)
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)
Position = TypeVar("Position")


@dataclass(frozen=True)
class Turning(Generic[Row, Position]):
    """How a list that is no table's is turned over.

    `fetch(limit, position, is_backwards)` gives what follows the position in the list's order, nearest first when
    backwards. `written` puts a row's position into the cursor, `read` takes it out again, raising ValueError.
    """

    fetch: Callable[[int, Position | None, bool], list[Row]]
    written: Callable[[Row], str]
    read: Callable[[str], Position]


def page(request: Request, rows: QuerySet[Stored], document: Callable[[Stored], Any]) -> dict[str, Any]:
    """A page of `rows` by descending primary key, as the query's `cursor` and `limit` ask."""

    def fetch(limit: int, position: int | None, is_backwards: bool) -> list[Stored]:
        found = rows
        if position is not None:
            found = found.filter(pk__gt=position) if is_backwards else found.filter(pk__lt=position)
        return list(found.order_by("pk" if is_backwards else "-pk")[:limit])

    return page_of(request, Turning(fetch, lambda row: str(row.pk), _key), document)


def page_of(request: Request, turning: Turning[Row, Position], document: Callable[[Row], Any]) -> dict[str, Any]:
    """A page of what `turning` fetches, as the query's `cursor` and `limit` ask."""
    limit = _limit(request)
    is_backwards, position = _position(request, turning.read)
    found = turning.fetch(limit + 1, position, is_backwards)
    has_more, found = len(found) > limit, found[:limit]
    if is_backwards:
        found.reverse()
    has_next = has_more if not is_backwards else True
    has_previous = has_more if is_backwards else position is not None
    return {
        "next": _link(request, f"n{turning.written(found[-1])}") if found and has_next else None,
        "previous": _link(request, f"p{turning.written(found[0])}") if found and has_previous else None,
        "results": [document(row) for row in found],
    }


def _key(text: str) -> int:
    if not KEY.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not LIMIT.fullmatch(text) or int(text) > MAX_LIMIT:
        raise invalid("limit", _("Give a number from 1 to 100."))
    return int(text)


def _position(request: Request, read: Callable[[str], Position]) -> tuple[bool, Position | None]:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return False, None
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"==").decode("ascii")
        if text[:1] not in {"n", "p"}:
            raise ValueError(text)
        return text[0] == "p", read(text[1:])
    except ValueError:
        raise invalid("cursor", _("This cursor is not one of ours.")) from None


def _link(request: Request, position: str) -> str:
    cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
