"""The one strict reader of JSON from outside: what is not plain JSON is refused, never guessed at (S-2).

Refused with 400: duplicate keys, NaN and Infinity, control characters and lone surrogates in any string,
nesting deeper than `MAX_DEPTH`, numbers that nobody means, text that is not UTF-8. Too large a body is 413.
"""

import json
import re
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from loyalty_site.kernel.errors import DomainError, InvalidInput, Text

MAX_DEPTH = 16
MAX_NUMBER_LENGTH = 40
# C0 and C1 controls but tab and line ends, lone surrogates, and the two non-characters.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class MalformedJSON(InvalidInput):
    """The body is not the JSON we speak; the sentence says what is wrong with it."""

    code = "malformed_json"


class BodyTooLarge(DomainError):
    code, status = "body_too_large", 413
    title = _("The request is too large")
    message = _("The body of the request is too large.")


def has_unwanted_characters(text: str) -> bool:
    """True for control characters and lone surrogates: PostgreSQL or a page would choke on them."""
    return UNWANTED.search(text) is not None


def parse_json(raw: bytes) -> Any:
    """The value of strict JSON in UTF-8. Raises MalformedJSON."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed(_("The body is not valid UTF-8.")) from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except RecursionError:
        raise _malformed(_("The JSON is nested too deeply.")) from None
    except ValueError:
        raise _malformed(_("The body is not valid JSON.")) from None
    _walk(value)
    return value


class StrictJSONParser(BaseParser):
    """DRF's door to `parse_json`. A view's `max_body` replaces the general limit in bytes."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body", settings.API_MAX_BODY)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge()
        return parse_json(raw)


class JSONAlways(BaseContentNegotiation):
    """The API speaks JSON whatever `Accept` says."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _malformed(detail: Text) -> MalformedJSON:
    return MalformedJSON(message=detail)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed(_("A key is given twice in one object."))
    return found


def _constant(name: str) -> Any:
    raise _malformed(_("NaN and Infinity are not JSON."))


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise _malformed(_("A number is too long."))
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise _malformed(_("A number is too long."))
    return float(digits)


def _walk(value: Any) -> None:
    """Check depth and every string without recursion of our own."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _malformed(_("The JSON is nested too deeply."))
        if isinstance(item, str):
            if UNWANTED.search(item):
                raise _malformed(_("Control characters and broken Unicode are not allowed."))
        elif isinstance(item, dict):
            waiting.extend((key, depth) for key in item)
            waiting.extend((part, depth + 1) for part in item.values())
        elif isinstance(item, list):
            waiting.extend((part, depth + 1) for part in item)
