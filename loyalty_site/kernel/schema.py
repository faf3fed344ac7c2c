"""How an operation is written into the OpenAPI schema: the same words for every view."""

from collections.abc import Callable, Sequence
from inspect import cleandoc
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from loyalty_site.kernel.problems import CONTENT_TYPE

View = TypeVar("View", bound=Callable[..., Any])
MEANINGS = {
    400: "Malformed: `errors` names each wrong field.",
    401: "No key, or an unknown or revoked one.",
    403: "The key lacks the scope, or the call is not for customers.",
    404: "There is no such object, or it is somebody else's.",
    405: "The address has no such method.",
    409: "The state has changed: see `code`.",
    411: "The body came without a Content-Length.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Refused by a rule: see `code`.",
    429: "Too many requests: see Retry-After.",
    503: "Busy: safe to ask again, see Retry-After.",
}


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457. Refusals may carry more, such as `reason` or the new `quote`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblem(many=True)


def operation(
    summary: str,
    *,
    answer: Any,
    body: Any = None,
    status: int = 200,
    refusals: Sequence[int] = (),
    parameters: Sequence[Any] = (),
    examples: Sequence[OpenApiExample] = (),
    key: str = "",
    tag: str,
    name: str,
) -> Callable[[View], View]:
    """`key` is "accepted" or "required" for calls that take an Idempotency-Key; `name` is the operation's id."""
    always = {400, 401, 403, 405, 429}
    if key or body is not None:
        always |= {411, 413, 415, 503}
    if key:
        always |= {409}
    responses: dict[Any, Any] = dict(answer) if isinstance(answer, dict) else {status: answer}
    for code in sorted(always | set(refusals)):
        responses[(code, CONTENT_TYPE)] = OpenApiResponse(Problem, description=MEANINGS[code])
    given = {
        "summary": summary,
        "operation_id": name,
        "tags": [tag],
        "request": body,
        "responses": responses,
        "parameters": [*parameters, *([_key_header(key)] if key else [])],
        "examples": list(examples),
    }
    return lambda view: extend_schema(**given, description=cleandoc(view.__doc__ or ""))(view)


def listing(name: str, row: type[serializers.Serializer[Any]]) -> Any:
    """A page of a list: {"next", "previous", "results"}."""
    members = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return type(f"{name}Page", (serializers.Serializer,), members)


def path_text(name: str, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", **schema}, OpenApiParameter.PATH, description=description)


PAGE_PARAMETERS = (
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next` or `previous`; opaque."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100}, description="50 unless told."),
)


def _key_header(need: str) -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        OpenApiParameter.HEADER,
        required=need == "required",
        description="The same key with the same request gives the same answer, once and for all.",
    )
