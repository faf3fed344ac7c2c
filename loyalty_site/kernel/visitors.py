"""Where a browser's request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The browser's address, for limits only; empty when unknown.

    Behind our own proxy (`BEHIND_PROXY`) every request comes from the proxy, which appends whom it speaks for to
    `X-Forwarded-For`: the last entry is its word, what stands before it the visitor may have made up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))
