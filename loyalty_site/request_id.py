"""One id for a request: in the answer, in each log line, and with every task that it starts."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from loyalty_site.logging import route_of

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
QUIET_ROUTES = {"metrics"}
log = structlog.get_logger("request")


class RequestIdMiddleware:
    """Takes the caller's well-formed `X-Request-ID` or makes one, returns it, logs how it went."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response[HEADER] = request_id
        _log_request(request, response, time.perf_counter() - started)
        return response


def _log_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = route_of(request)
    if route not in QUIET_ROUTES:
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            duration_ms=round(seconds * 1000, 1),
        )
