"""What holds for every page under the back office: its content policy, the second factor, filters that can be asked."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

# The skin's Alpine evaluates attributes and sets style attributes. Nothing may come from another host all the same.
ADMIN_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}


class BackOfficeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        if "%00" in request.META.get("QUERY_STRING", ""):
            # No filter of a list may ask the database for it: its text knows no such character.
            raise BadRequest
        if _owes_second_factor(request):
            messages.info(request, _("Staff sign in with a second factor. Please set it up now."))
            return redirect("mfa_activate_totp")
        response = self.get_response(request)
        response._csp_config = ADMIN_POLICY  # type: ignore[attr-defined]
        return response


def _owes_second_factor(request: HttpRequest) -> bool:
    """Staff without an authenticator, where one is required (CU-1). Leaving must stay possible."""
    if not settings.STAFF_SECOND_FACTOR_REQUIRED or request.path == reverse("admin:logout"):
        return False
    return bool(request.user.is_authenticated and request.user.is_staff and not is_mfa_enabled(request.user))
