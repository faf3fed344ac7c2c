"""The link of a customer as a QR code: to show to a friend, to download (R-1)."""

from io import BytesIO

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loyalty_site.account.referral_words import shared
from orders.views import visitor
from referrals.queries import Link, link_of

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
# 33 modules and a border of four on each side: about a thousand pixels, enough for print on a leaflet.
SCALE, BORDER = 24, 4


@never_cache
@login_required
@require_GET
def large(request: HttpRequest) -> HttpResponse:
    """Nothing but the code, as large as the screen, for a friend's camera."""
    customer = visitor.customer_of(request)
    qr = link_qr(link_of(customer.pk)) if customer else ""
    return render(request, "account/referral_qr.html", {"customer": customer, "qr": qr})


@never_cache
@login_required
@require_GET
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """A file, `kind` is svg or png. 404 for who has no customer's card."""
    customer = visitor.customer_of(request)
    if customer is None:
        raise Http404
    link, file = link_of(customer.pk), BytesIO()
    _drawn(link).save(file, kind=kind, scale=SCALE, border=BORDER, dark="#000", light="#fff")
    headers = {"Content-Disposition": f'attachment; filename="invitation-{link.code}.{kind}"'}
    return HttpResponse(file.getvalue(), content_type=TYPES[kind], headers=headers)


def link_qr(link: Link) -> SafeString:
    """Black on white in both themes, as scanners expect."""
    drawn = _drawn(link).svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # noqa: S308


def _drawn(link: Link) -> segno.QRCode:
    return segno.make(shared(link, "qr"), error="m", micro=False)
