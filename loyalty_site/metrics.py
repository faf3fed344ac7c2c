"""`/metrics` for Prometheus, kept from strangers."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

LOOPBACK = {"127.0.0.1", "::1"}


def metrics(request: HttpRequest) -> HttpResponse:
    """The counters of all web workers: for the bearer of METRICS_TOKEN, else for this machine only."""
    if not _may_read(request):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
    # A proxy on this machine has a loopback address too, but it says for whom it asks.
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded
