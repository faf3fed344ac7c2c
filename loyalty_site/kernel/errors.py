"""Refusals of the domain: one class each, a stable code, a sentence for people.

A service or a rule refuses by raising a `DomainError`. The edges turn it into a problem
document (S-2, RFC 9457) or into a message next to the form's field, in the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """Base of every refusal. `code` and `status` are part of the HTTP contract."""

    code: str = "refused"
    status: int = 422
    title: Text = _("The request was refused")
    message: Text = _("The request was refused.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        field: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """`field` is the input the sentence belongs to; `extra` goes into the problem document."""
        self.message = message if message is not None else self.message
        self.code = code or self.code
        self.field = field
        self.extra: dict[str, Any] = dict(extra or {})
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    code, status = "not_found", 404
    title = _("Not found")
    message = _("There is no such object.")


class NotAllowed(DomainError):
    code, status = "permission_denied", 403
    title = _("Not allowed")
    message = _("You do not have the right to do this.")


class Conflict(DomainError):
    """The request is well formed but the thing is in another state than it assumes."""

    code, status = "conflict", 409
    title = _("Conflict with the current state")


class WrongState(Conflict):
    code = "wrong_state"
    message = _("This is not possible in the current state.")


class TooMany(DomainError):
    """A limit on tries. `extra["retry_after"]` holds whole seconds."""

    code, status = "too_many_attempts", 429
    title = _("Too many attempts")
    message = _("Too many attempts. Please try again later.")


@dataclass(frozen=True)
class FieldError:
    """One wrong input: dotted field name, stable code, sentence."""

    field: str
    code: str
    detail: Text


class InvalidInput(DomainError):
    """Malformed input: 400 with one entry per field."""

    code, status = "invalid", 400
    title = _("The request is malformed")
    message = _("Some of the fields are wrong.")

    def __init__(self, *errors: FieldError, message: Text | None = None) -> None:
        super().__init__(message)
        self.errors = list(errors)


def invalid(field: str, detail: Text, code: str = "invalid") -> InvalidInput:
    """Shorthand for one wrong field."""
    return InvalidInput(FieldError(field, code, detail))
