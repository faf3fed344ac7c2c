"""Every error of the API as `application/problem+json`: RFC 9457 with `code` and `errors`."""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.http import Http404
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from loyalty_site.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, TooMany, WrongState
from loyalty_site.kernel.parsing import BodyTooLarge

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


class Busy(DomainError):
    """Another transaction held the row too long; asking again is safe."""

    code, status = "busy", 503
    title = _("Busy")
    message = _("Somebody else is changing the same thing right now. Please try again.")


class Malformed(DomainError):
    code, status = "malformed", 400
    title = _("The request is malformed")
    message = _("The request is malformed.")


class Unexpected(DomainError):
    code, status = "server_error", 500
    title = _("Something went wrong on our side")
    message = _("Something went wrong on our side. Nothing was changed.")


PLAIN: tuple[tuple[type[Exception], type[DomainError]], ...] = (
    (Http404, NotFound),
    (PermissionDenied, NotAllowed),
    (RequestDataTooBig, BodyTooLarge),
    (SuspiciousOperation, Malformed),
)
# What DRF would say instead is a whole sentence, or one with a hole in it.
TITLES = {
    401: _("It is not known who is calling"),
    403: NotAllowed.title,
    405: _("There is no such method here"),
    415: _("This kind of body is not read"),
}


def problem(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal. `extra` adds members, as RFC 9457 allows.

    Every wrong state has the one code of the contract; which one it was is the `reason`.
    """
    code, extra = error.code, error.extra
    if isinstance(error, WrongState) and code != WrongState.code:
        code, extra = WrongState.code, {"reason": code, **extra}
    errors: list[dict[str, str]] = []
    if isinstance(error, InvalidInput):
        errors = [{"field": e.field, "code": e.code, "detail": str(e.detail)} for e in error.errors]
    elif error.field:
        errors = [{"field": error.field, "code": error.code, "detail": str(error.message)}]
    return {
        **extra,
        "type": f"urn:problem:{code}",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.message),
        "code": code,
        "errors": errors,
    }


def problem_response(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: whatever happened, the answer is a problem document that leaks nothing."""
    error = as_refusal(exception)
    if error.status >= 500 and not isinstance(error, Busy):
        log.error("api_error", exc_info=exception)
    response = Response(problem(error), status=error.status, content_type=CONTENT_TYPE)
    challenge = getattr(exception, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    if isinstance(error, Busy):
        response["Retry-After"] = "1"
    elif "retry_after" in error.extra:
        response["Retry-After"] = str(error.extra["retry_after"])
    return response


def as_refusal(exception: Exception) -> DomainError:
    """Any exception as a domain error: those of Django, DRF and the database included."""
    match exception:
        case DomainError():
            return exception
        case exceptions.APIException():
            return _from_drf(exception)
        case IntegrityError():
            return _from_constraint(exception)
        case DatabaseError():
            return _from_database(exception)
    return next((refusal() for kind, refusal in PLAIN if isinstance(exception, kind)), Unexpected())


def _from_drf(exception: exceptions.APIException) -> DomainError:
    match exception:
        case exceptions.NotFound():
            return NotFound()
        case exceptions.Throttled():
            return TooMany(extra={"retry_after": int(getattr(exception, "wait", None) or 1)})
    error: DomainError = Malformed(str(exception.detail), code=str(exception.default_code))
    error.status = exception.status_code
    error.title = TITLES.get(error.status, Malformed.title)
    return error


def _from_constraint(exception: IntegrityError) -> DomainError:
    """The constraint's own refusal where the project names one (`CONSTRAINT_REFUSALS`), else 409 or 422."""
    diagnosis = getattr(exception.__cause__, "diag", None)
    refusals = import_string(settings.CONSTRAINT_REFUSALS) if settings.CONSTRAINT_REFUSALS else {}
    refusal = refusals.get(getattr(diagnosis, "constraint_name", None))
    if refusal is not None:
        error: DomainError = refusal()
        return error
    log.warning("unnamed_constraint", extra={"constraint": getattr(diagnosis, "constraint_name", "")})
    if getattr(exception.__cause__, "sqlstate", "") == "23514":
        return DomainError()
    return Conflict()


def _from_database(exception: DatabaseError) -> DomainError:
    if isinstance(exception, DataError):
        return Malformed()
    sqlstate = getattr(exception.__cause__, "sqlstate", None)
    # lock_not_available, deadlock_detected, serialization_failure.
    if isinstance(exception, OperationalError) and sqlstate in {"55P03", "40P01", "40001"}:
        return Busy()
    return Unexpected()
