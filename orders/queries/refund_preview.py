"""What a refund will give back and take back, before it is made (O-7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import points.queries
from orders.models import Order, OrderLine
from orders.rules import LineShare, RefundStep, refund_amounts
from points.rules import EntryKind, earned_on, points_back, still_to_take_back


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


@dataclass(frozen=True)
class RefundPreview:
    """`delivery` is a part of `amount`."""

    amount: Decimal
    delivery: Decimal
    points_returned: int
    points_taken_back: int


def refund_preview(order: Order, asked: Mapping[str, int]) -> RefundPreview:
    """The same sums and points that `refund_order` will move for `asked` (SKU → pieces). At most two queries."""
    rows = {row.sku: row for row in order.lines.order_by("position")}
    shares = [LineShare(row.sku, row.quantity, row.total, row.refunded_quantity) for row in rows.values()]
    step = refund_amounts(shares, asked, order.delivery_total)
    moved = points_step(order, step, rows)
    taken_back = _all_earned(order) if step.is_last else moved.taken_back
    return RefundPreview(step.amount, step.delivery, moved.returned, taken_back)


def _all_earned(order: Order) -> int:
    """What is left of the order's earnings, the first purchase's bonus included."""
    if order.customer_id is None:
        return 0
    kinds = [EntryKind.EARN, EntryKind.TAKE_BACK]
    earned = points.queries.entries(order.customer_id, kinds=kinds, order_ref=order.ref)
    return sum(entry.amount for entry in earned)
