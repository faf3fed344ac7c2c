"""What every view of the HTTP API is made of: who may call, strict input, one transaction, one answer.

A view names the scope that keys need and the methods that customers may call for themselves. It reads its
body with `read`, and writes through `effect`, which opens the one transaction and keeps the answer under the
`Idempotency-Key`.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from loyalty_site.kernel.answers import Answer, idempotency_key
from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import InvalidInput, NotAllowed, TooMany
from loyalty_site.kernel.input import LengthRequired, field_errors
from loyalty_site.kernel.limits import seconds_to_wait
from loyalty_site.kernel.parsing import JSONAlways
from loyalty_site.kernel.transactions import in_transaction

S = TypeVar("S", bound=BaseSerializer[Any])


class ApiView(APIView):
    """`scope` is what a key needs, to read one of `reading_scopes` will do; `customer_methods` are marked ◦."""

    scope: str = ""
    reading_scopes: frozenset[str] = frozenset()
    customer_methods: frozenset[str] = frozenset()
    key_required = False
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012

    @property
    def caller(self) -> Caller:
        return self.request.auth  # type: ignore[return-value]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._check_rate()
        self._check_right(request.method or "")
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise LengthRequired()

    def read(self, serializer: type[S], **options: Any) -> Any:
        """The validated body. Raises InvalidInput with each wrong field by its dotted name."""
        has_body = self.request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
        if has_body and not JSONAlways().select_parser(self.request, self.request.parsers):
            raise UnsupportedMediaType(self.request.content_type)
        return _validated(serializer(data=self.request.data, **options))

    def read_query(self, serializer: type[S]) -> Any:
        """The validated query string; an empty parameter is as good as an absent one."""
        given = self.request.query_params.items()
        known = serializer().fields
        return _validated(serializer(data={name: text for name, text in given if text and name in known}))

    def effect(self, work: Callable[[datetime], Any], *, status: int = 200) -> HttpResponse:
        """Run `work(now)` once in one transaction and answer with the document (or Answer) it returns.

        With an `Idempotency-Key` the answer, a refusal included, is remembered in that transaction (O-4).
        """
        now = timezone.now()
        key = idempotency_key(self.request, is_required=self.key_required)
        if key is None:
            return in_transaction(lambda: _answered(work(now), status)).response()
        run_once = import_string(settings.IDEMPOTENCY_STORE)
        body = json.dumps(self.request.data, sort_keys=True).encode()
        return in_transaction(
            lambda: run_once(
                caller=self.caller.name,
                key=key,
                route=f"{self.request.method} {self.request.path}"[:200],
                body_hash=hashlib.sha256(body).hexdigest(),
                work=lambda: _answered(work(now), status),
            )
        ).response()

    def _check_rate(self) -> None:
        wait = seconds_to_wait(
            f"api:{self.caller.name}",
            per_second=settings.API_REQUESTS_PER_SECOND,
            burst=settings.API_REQUESTS_BURST,
        )
        if wait:
            raise TooMany(code="too_many_requests", extra={"retry_after": int(wait) + 1})

    def _check_right(self, method: str) -> None:
        """A method that no caller has is left to DRF, which answers 405."""
        if method.lower() not in self.http_method_names or not hasattr(self, method.lower()):
            return
        method = "GET" if method == "HEAD" else method
        if self.caller.is_customer:
            is_allowed = method in self.customer_methods
        else:
            scopes = {self.scope} | (self.reading_scopes if method == "GET" else set())
            is_allowed = any(map(self.caller.may, scopes))
        if not is_allowed:
            raise NotAllowed()


def _answered(result: Any, status: int) -> Answer:
    return result if isinstance(result, Answer) else Answer.of(status, result)


def _validated(serializer: BaseSerializer[Any]) -> Any:
    if not serializer.is_valid():
        raise InvalidInput(*field_errors(serializer.errors))
    return serializer.validated_data
