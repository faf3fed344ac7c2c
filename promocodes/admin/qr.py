"""The QR of a code's checkout link, to print."""

from io import BytesIO

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from loyalty_site.kernel.backoffice import staff_page
from promocodes.models import PromoCode
from promocodes.queries.links import checkout_link


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
