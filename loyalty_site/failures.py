"""Failures outside the views: a page for people, a problem document under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.problems import CONTENT_TYPE, Malformed, Unexpected, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A host, a cookie or a form that Django itself refuses."""
    return _problem(Malformed()) if _is_api(request) else defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing of the failure is shown; it is in the log under the request's id."""
    return _problem(Unexpected()) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(error: DomainError) -> JsonResponse:
    return JsonResponse(problem(error), status=error.status, content_type=CONTENT_TYPE)
