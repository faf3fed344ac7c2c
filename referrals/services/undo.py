"""A refund undoes what the order earned for who brought the buyer, and for himself (R-4)."""

from datetime import datetime
from fractions import Fraction

from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def undo_rewards(*, order_ref: str, buyer_id: int | None, kept_share: Fraction, now: datetime) -> None:
    """`kept_share` of the order's goods stays sold. Called before any points move."""
