"""A payment of a newcomer's order: the first one earns its rewards, every one for an ambassador (R-3)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def qualify(
    *, customer_id: int | None, order_ref: str, goods_amount: Decimal, traits: Mapping[str, str], now: datetime
) -> None:
    """For an order that has just been paid; the caller holds the customer. At most two statements."""
