"""Where a browser's request comes from, and which browser it is."""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponseBase

DEVICE_COOKIE = "device"
DEVICE_SECONDS = 2 * 365 * 24 * 3600
MADE = "loyalty.device"


def client_address(request: HttpRequest) -> str:
    """The browser's address, for limits only; empty when unknown.

    Behind our own proxy (`BEHIND_PROXY`) every request comes from the proxy, which appends whom it speaks for to
    `X-Forwarded-For`: the last entry is its word, what stands before it the visitor may have made up.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> str:
    """The number this browser goes by, 22 characters by chance (R-5). A browser without one of ours gets one now, and
    `keep_device` must give it to the answer."""
    return _carried(request) or request.META.setdefault(MADE, secrets.token_urlsafe(16))


def keep_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Remembered for two years in a first-party cookie that no script reads and nobody can make up."""
    if _carried(request):
        return
    response.set_cookie(
        DEVICE_COOKIE,
        _signer().sign(device_of(request)),
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _carried(request: HttpRequest) -> str:
    try:
        return _signer().unsign(request.COOKIES.get(DEVICE_COOKIE, ""))
    except BadSignature:
        return ""


def _signer() -> Signer:
    return Signer(salt="loyalty.device")
