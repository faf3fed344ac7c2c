"""An answer as it goes out and as it is remembered, and the key it is remembered under."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.problems import CONTENT_TYPE

KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?", re.ASCII)


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


class KeyRequired(DomainError):
    code, status = "idempotency_key_required", 400
    title = _("The request is malformed")
    message = _("Send an Idempotency-Key header: up to 200 printable characters, a new key for each new request.")


def idempotency_key(request: Request, *, is_required: bool) -> str | None:
    """The `Idempotency-Key` of a POST, None when there is none. Raises KeyRequired."""
    if request.method != "POST":
        return None
    key = request.headers.get("Idempotency-Key")
    if key is None and not is_required:
        return None
    if key is None or not KEY.fullmatch(key):
        raise KeyRequired(code=None if not key else "idempotency_key_invalid")
    return key
