"""What every page of the shop carries: the look's switch, the counter, the code that came with a link."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from orders.queries.baskets import basket_count
from orders.views import visitor

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


def shop(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. The counter asks the database only where it is shown."""
    theme = request.COOKIES.get("theme", "")
    return {
        "shop_name": settings.SHOP_NAME,
        "theme": theme if theme in THEMES else "",
        "basket_count": functools.cache(lambda: _count(request)),
    }


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark without JavaScript: remembered in a cookie, back to the page it came from."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "shop:home"
    response = redirect(target)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax", secure=settings.PRODUCTION)
    return response


class PromoLink:
    """Middleware: `?promo=CODE` on any page is remembered for the session, and fills the checkout's field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("promo", "")
        if code and not request.path.startswith(("/admin/", "/api/")):
            visitor.remember_promo(request, code)
        return self.get_response(request)


def _count(request: HttpRequest) -> int:
    return basket_count(visitor.basket_token(request)) if hasattr(request, "session") else 0
