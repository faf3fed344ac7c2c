"""The page that a link leads to (R-1, R-2)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import customers.queries
from customers.models import Customer, Programme
from loyalty_site.kernel.limits import seconds_to_wait
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.kernel.visitors import client_address, device_of, keep_device
from referrals.models import Visit
from referrals.queries import Inviter, inviter, link_to, offer_of
from referrals.queries.remembered import VISIT_COOKIE, Remembered, channel, cookie_value
from referrals.rules.page_visits import is_ahead_of_time, is_page_visit
from referrals.rules.traits import network_of
from referrals.services import record_visit

# Rows that one network may bring: so many at once, then one every five seconds.
VISITS_AT_ONCE, VISITS_PER_SECOND = 300, 0.2


@never_cache
@require_safe
def landing(request: HttpRequest, code: str) -> HttpResponse:
    """Who invites, to what. A visit is remembered by the cookie, the last link wins; no address is taken from it.

    A page that was loaded ahead is refused, so that the browser asks again when a person opens it.
    """
    if is_ahead_of_time(request.headers):
        return HttpResponse(status=403)
    found = inviter(code)
    if found is None:
        return render(request, "referrals/no_such_link.html", status=404)
    if request.path != reverse("referrals:landing", args=[found.code]):
        return redirect(_canonical(request, found))
    programme = customers.queries.programme()
    response = render(request, "referrals/landing.html", _context(request, found, programme))
    patch_vary_headers(response, ["Cookie", "Sec-Fetch-Dest", "Sec-Fetch-Mode"])
    is_visit = is_page_visit(request.method or "", request.headers)
    if is_visit and found.stopped_at is None and not request.user.is_authenticated:
        _remember(request, response, found, programme, timezone.now())
    return response


def _canonical(request: HttpRequest, found: Inviter) -> str:
    """Our own address of the code, with the channel if it is one of ours; nothing else of what came with the link."""
    via = channel(request.GET.get("via", ""))
    path = reverse("referrals:landing", args=[found.code])
    return path if via == channel("") else f"{path}?via={via}"


def _context(request: HttpRequest, found: Inviter, programme: Programme) -> dict[str, object]:
    is_known = request.user.is_authenticated
    own = Customer.objects.filter(user=request.user).values_list("pk", flat=True).first() if is_known else None
    return {
        "name": found.name,
        "is_own": own is not None and own == found.customer_id,
        "is_stopped": found.stopped_at is not None,
        "offer": offer_of(found, programme),
        "visit_days": programme.referral_visit_days,
        "address": link_to(found.code).url,
    }


def _remember(
    request: HttpRequest, response: HttpResponse, found: Inviter, programme: Programme, now: datetime
) -> None:
    via = channel(request.GET.get("via", ""))
    visit = _recorded(request, found, via, now)
    until = now + timedelta(days=programme.referral_visit_days)
    remembered = Remembered(found.code, via, visit.token if visit else None, until)
    response.set_cookie(
        VISIT_COOKIE,
        cookie_value(remembered),
        max_age=programme.referral_visit_days * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    keep_device(request, response)


def _recorded(request: HttpRequest, found: Inviter, via: str, now: datetime) -> Visit | None:
    """None for a flood from one network, which is remembered by its browsers alone and writes no rows."""
    address = client_address(request)
    flood = f"referral_visits:{network_of(address) or address}"
    if seconds_to_wait(flood, per_second=VISITS_PER_SECOND, burst=VISITS_AT_ONCE):
        return None
    return in_transaction(
        lambda: record_visit(inviter=found, via=via, device=device_of(request), network=address, now=now)
    )
