"""Up to how many points goods bring, for pages that do not price an order."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import customers.queries
import tiers.queries
from loyalty_site.kernel.money import ZERO, floored
from orders.models import Product


def points_promise(goods: Iterable[tuple[Product, int]], *, customer_id: int | None, now: datetime) -> int:
    """For (product, quantity) at today's price and the customer's rate; discounts and points make it fewer (Q-6).

    Two queries, whatever the goods; their categories must be loaded.
    """
    base = customers.queries.programme().base_earn_percent
    has = tiers.queries.benefits(customer_id, now=now)
    rate = base if has.cashback_percent is None else has.cashback_percent
    earning = [
        product.price * quantity
        for product, quantity in goods
        if product.sku not in has.membership_skus and (product.category is None or product.category.earns_points)
    ]
    return floored(sum(earning, ZERO) * rate / Decimal(100))
