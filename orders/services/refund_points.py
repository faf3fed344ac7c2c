"""The points of a refund (O-7): what was spent goes back, what was earned on the goods given back is taken back."""

from datetime import datetime

import points.services
from orders.models import Order, Refund
from orders.queries.refund_preview import PointsStep
from orders.services.rewards import bonus_fact, earn_fact
from points.services import NothingEarned


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
