"""What these pages ask of the apps above, by the ports named in settings (ADR 0002)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def order_links(refs: Iterable[str]) -> dict[str, Any]:
    """`order:1042` → (number, address in the back office, status)."""
    wanted = {ref for ref in refs if ref}
    return dict(import_string(settings.TIERS_ORDER_LINKS)(wanted)) if wanted else {}


def product_names(skus: Iterable[str]) -> dict[str, tuple[str, Decimal]]:
    """SKU → (name, price) of those the catalogue has."""
    wanted = set(skus)
    return dict(import_string(settings.TIERS_PRODUCT_NAMES)(wanted)) if wanted else {}
