"""What every view of the HTTP API is made of: who may call, strict input, one transaction, one answer.

A view names the scope that keys need and the methods that customers may call for themselves; it reads its body with
`read`, and writes through `effect`, which opens the one transaction and keeps the answer under the `Idempotency-Key`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import DomainError, FieldError, InvalidInput, NotAllowed, TooMany, invalid
from loyalty_site.kernel.limits import seconds_to_wait
from loyalty_site.kernel.parsing import JSONAlways
from loyalty_site.kernel.problems import CONTENT_TYPE
from loyalty_site.kernel.transactions import in_transaction

KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?", re.ASCII)
S = TypeVar("S", bound=BaseSerializer[Any])


class KeyRequired(DomainError):
    code, status = "idempotency_key_required", 400
    title = _("The request is malformed")
    message = _("Send an Idempotency-Key header: up to 200 printable characters, a new one for each new order or payment.")


class LengthRequired(DomainError):
    """A body in chunks would be read as an empty one, and an empty refund means everything."""

    code, status = "length_required", 411
    title = _("The request is malformed")
    message = _("Send the body with a Content-Length.")


@dataclass(frozen=True)
class Answer:
    """A status and the JSON text of the body; `is_replayed` when it was given before."""

    status: int
    text: str
    is_replayed: bool = False

    @classmethod
    def of(cls, status: int, document: Any) -> "Answer":
        return cls(status, JSONRenderer().render(document).decode())

    def response(self) -> HttpResponse:
        kind = CONTENT_TYPE if self.status >= 400 else "application/json"
        response = HttpResponse(self.text, status=self.status, content_type=kind)
        if self.is_replayed:
            response["Idempotency-Replayed"] = "true"
        return response


class ApiView(APIView):
    scope: str = ""
    customer_methods: frozenset[str] = frozenset()
    key_required = False

    @property
    def caller(self) -> Caller:
        return self.request.auth  # type: ignore[return-value]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthRequired()
        wait = seconds_to_wait(
            f"api:{self.caller.name}", per_second=settings.API_REQUESTS_PER_SECOND, burst=settings.API_REQUESTS_BURST
        )
        if wait:
            raise TooMany(code="too_many_requests", extra={"retry_after": int(wait) + 1})
        self._check_right(request.method or "")

    def read(self, serializer: type[S], **context: Any) -> Any:
        """The validated body. Raises InvalidInput with each wrong field by its dotted name."""
        if self.request.META.get("CONTENT_LENGTH") not in {None, "", "0"} and not JSONAlways().select_parser(
            self.request, self.request.parsers
        ):
            raise UnsupportedMediaType(self.request.content_type)
        return self._validated(serializer(data=self.request.data, context=context, partial=context.get("partial", False)))

    def read_query(self, serializer: type[S]) -> Any:
        """The validated query string; empty parameters are as good as absent."""
        return self._validated(serializer(data={k: v for k, v in self.request.query_params.items() if v != ""}))

    def effect(self, work: Callable[[datetime], Any], *, status: int = 200) -> HttpResponse:
        """Run `work(now)` once in one transaction and answer with the document it returns.

        With an `Idempotency-Key` the answer, a refusal included, is remembered in that transaction (O-4).
        """
        now, key = timezone.now(), self._key()
        if key is None:
            return in_transaction(lambda: Answer.of(status, work(now))).response()
        store = import_string(settings.IDEMPOTENCY_STORE)
        question = {
            "caller": self.caller.name,
            "key": key,
            "route": f"{self.request.method} {self.request.path}",
            "body_hash": hashlib.sha256(json.dumps(self.request.data, sort_keys=True).encode()).hexdigest(),
        }
        return in_transaction(lambda: store(**question, work=lambda: Answer.of(status, work(now)))).response()

    def _check_right(self, method: str) -> None:
        if self.caller.is_customer:
            allowed = method in self.customer_methods
        else:
            allowed = self.caller.may(self.scope)
        if not allowed and method.lower() in self._implemented():
            raise NotAllowed()

    def _implemented(self) -> set[str]:
        return {name for name in self.http_method_names if hasattr(self, name)}

    def _key(self) -> str | None:
        if self.request.method != "POST":
            return None
        key = self.request.headers.get("Idempotency-Key")
        if key is None and not self.key_required:
            return None
        if key is None or not KEY.fullmatch(key):
            raise KeyRequired(code=None if not key else "idempotency_key_invalid")
        return key

    def _validated(self, serializer: BaseSerializer[Any]) -> Any:
        if not serializer.is_valid():
            raise InvalidInput(*_field_errors(serializer.errors))
        return serializer.validated_data

    def answer(self, document: Any, status: int = 200) -> Response:
        return Response(document, status=status)


def _field_errors(errors: Any, path: str = "") -> list[FieldError]:
    """DRF's nested errors as a flat list with dotted names: `lines.0.sku`."""
    if isinstance(errors, Mapping):
        parts = [(path if name == "non_field_errors" else f"{path}.{name}".strip("."), part) for name, part in errors.items()]
        return [error for name, part in parts for error in _field_errors(part, name)]
    found: list[FieldError] = []
    for index, error in enumerate(errors):
        if isinstance(error, Mapping):
            found += _field_errors(error, f"{path}.{index}".strip("."))
        else:
            found.append(FieldError(path or "body", error.code, str(error)))
    return found


def no_body(view: ApiView) -> None:
    """For verbs without input: anything but an empty object is refused."""
    if view.request.data not in ({}, None):
        raise invalid("body", _("This call takes no body."), code="unknown_field")
