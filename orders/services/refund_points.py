"""The points of a refund (O-7): what was spent goes back, what was earned on the goods given back is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import points.services
from orders.models import Order, OrderLine, Refund
from orders.rules import RefundStep
from orders.services.rewards import bonus_fact, earn_fact
from points.rules import earned_on, points_back, still_to_take_back
from points.services import NothingEarned


@dataclass(frozen=True)
class PointsStep:
    """`returned` to the lots they were spent from; `taken_back` of what the order earned."""

    returned: int
    taken_back: int


def points_step(order: Order, step: RefundStep, rows: Mapping[str, OrderLine]) -> PointsStep:
    """What this refund moves, from the lines as they stood before it. Steps in any order add up exactly.

    Discounts and rates stay as they were shared out when the order was placed. A guest's order moves no points.
    """
    returned = sum(
        points_back(rows[sku].points_spent, rows[sku].quantity, before=rows[sku].refunded_quantity, pieces=pieces)
        for sku, pieces, _amount in step.parts
    )
    if order.customer_id is None:
        return PointsStep(returned, 0)
    going = {sku: amount for sku, _pieces, amount in step.parts}
    before = {sku: row.total - row.refunded_amount for sku, row in rows.items()}
    kept_before = earned_on((before[sku], row.earn_rate) for sku, row in rows.items())
    kept = earned_on((before[sku] - going.get(sku, 0), row.earn_rate) for sku, row in rows.items())
    taken = max(0, order.points_to_earn - kept_before)
    return PointsStep(returned, still_to_take_back(earned=order.points_to_earn, taken=taken, kept=kept))


def move_points(order: Order, refund: Refund, moved: PointsStep, *, is_last: bool, now: datetime) -> int:
    """Posts `moved`; the last refund also takes the first purchase's bonus back. Returns all that was taken back."""
    if moved.returned:
        points.services.return_spent(
            order_ref=order.ref, amount=moved.returned, fact=f"return:refund:{refund.pk}", now=now
        )
    if moved.taken_back:
        points.services.take_back(
            earn_fact=earn_fact(order),
            amount=moved.taken_back,
            fact=f"take_back:refund:{refund.pk}",
            now=now,
            order_ref=order.ref,
        )
    return moved.taken_back + (_bonus_taken_back(order, refund, now) if is_last else 0)


def _bonus_taken_back(order: Order, refund: Refund, now: datetime) -> int:
    """The next purchase may then earn it (O-7)."""
    if order.customer_id is None:
        return 0
    try:
        posted = points.services.take_back(
            earn_fact=bonus_fact(order), fact=f"take_back:first_purchase:{refund.pk}", now=now, order_ref=order.ref
        )
    except NothingEarned:
        return 0
    return posted.points
