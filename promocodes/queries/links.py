"""The checkout link of a code and its QR, for staff and customers alike."""

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def checkout_link(code: str) -> str:
    """The link that fills in the field at the checkout."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/checkout?promo={code}"


def qr_svg(code: str) -> SafeString:
    """Black on white in both themes, as scanners expect."""
    drawn = segno.make(checkout_link(code), error="m")
    return mark_safe(drawn.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308
