"""What the tiers ask of the catalogue through their ports (ADR 0002)."""

from collections.abc import Iterable
from decimal import Decimal

from orders.models import Product


def product_names(skus: Iterable[str]) -> dict[str, tuple[str, Decimal]]:
    """SKU → (name, price) of those of `skus` that the catalogue has. One query."""
    rows = Product.objects.filter(sku__in=set(skus)).values_list("sku", "name", "price")
    return {sku: (name, price) for sku, name, price in rows}
