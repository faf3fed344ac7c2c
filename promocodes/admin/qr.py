"""The checkout link of a code and its QR."""

from io import BytesIO

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe

from loyalty_site.kernel.backoffice import staff_page
from promocodes.models import PromoCode


def checkout_link(code: str) -> str:
    """The link that fills in the field at the checkout."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/checkout?promo={code}"


def inline_svg(code: str) -> SafeString:
    """Black on white in both themes, as scanners expect."""
    drawn = segno.make(checkout_link(code), error="m")
    return mark_safe(drawn.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308


@staff_page("promocodes.view_promocode")
def as_svg(request: HttpRequest, code_id: int) -> HttpResponse:
    return _download(code_id, "svg", "image/svg+xml")


@staff_page("promocodes.view_promocode")
def as_png(request: HttpRequest, code_id: int) -> HttpResponse:
    return _download(code_id, "png", "image/png")


def _download(code_id: int, kind: str, content_type: str) -> HttpResponse:
    code = get_object_or_404(PromoCode, pk=code_id).code
    out = BytesIO()
    segno.make(checkout_link(code), error="m").save(out, kind=kind, scale=10, border=4)
    name = f"{code}.{kind}"
    return HttpResponse(
        out.getvalue(),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
