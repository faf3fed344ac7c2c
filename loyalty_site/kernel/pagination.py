"""Lists by cursor, newest first: {"next", "previous", "results"}. One query a page, whatever its number."""

import base64
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from loyalty_site.kernel.errors import invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
POSITION = re.compile(r"([np])(\d{1,18})", re.ASCII)
LIMIT = re.compile(r"[1-9]\d{0,2}", re.ASCII)
Row = TypeVar("Row", bound=Model)


def page(request: Request, rows: QuerySet[Row], document: Callable[[Row], Any]) -> dict[str, Any]:
    """A page of `rows` by descending primary key, as the query's `cursor` and `limit` ask."""
    limit = _limit(request)
    backwards, position = _position(request)
    if position is not None:
        rows = rows.filter(pk__gt=position) if backwards else rows.filter(pk__lt=position)
    found = list(rows.order_by("pk" if backwards else "-pk")[: limit + 1])
    has_more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = has_more if not backwards else True
    has_previous = has_more if backwards else position is not None
    return {
        "next": _link(request, f"n{found[-1].pk}") if found and has_next else None,
        "previous": _link(request, f"p{found[0].pk}") if found and has_previous else None,
        "results": [document(row) for row in found],
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not LIMIT.fullmatch(text) or int(text) > MAX_LIMIT:
        raise invalid("limit", _("Give a number from 1 to 100."))
    return int(text)


def _position(request: Request) -> tuple[bool, int | None]:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return False, None
    try:
        match = POSITION.fullmatch(base64.urlsafe_b64decode(cursor.encode("ascii") + b"==").decode("ascii"))
    except ValueError:
        match = None
    if match is None:
        raise invalid("cursor", _("This cursor is not one of ours."))
    return match[1] == "p", int(match[2])


def _link(request: Request, position: str) -> str:
    cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
