"""What a visitor has put aside, as it can be bought now."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from loyalty_site.kernel.money import ZERO
from orders.models import BasketLine


def basket_lines(token: UUID | None) -> list[BasketLine]:
    """Lines with goods that are on sale, in the order they were put aside. One query."""
    if token is None:
        return []
    lines = BasketLine.objects.filter(basket__token=token, product__is_active=True)
    return list(lines.select_related("product__category").order_by("pk"))


def basket_count(token: UUID | None) -> int:
    """Pieces in the basket. One query, none without a basket."""
    if token is None:
        return 0
    found = BasketLine.objects.filter(basket__token=token, product__is_active=True).aggregate(count=Sum("quantity"))
    return found["count"] or 0


def goods_total(lines: Sequence[BasketLine]) -> Decimal:
    """Before discounts and delivery."""
    return sum((line.subtotal for line in lines), ZERO)
