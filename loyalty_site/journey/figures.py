"""What a replay prints at its end: speed, coupons against redemptions, sums against receipts."""

from collections.abc import Iterator

from loyalty_site.journey.ledger import ledger_lines
from loyalty_site.journey.replay import SECOND_CODE
from loyalty_site.journey.rewards import reward_lines
from loyalty_site.journey.run import Result

SHOWN_DIFFERENCES = 10
REASONS = {
    SECOND_CODE: "another coupon of the same receipt was taken: one code per order (PC-10)",
    "no_matching_items": "none of the coupon's categories among the goods (PC-6)",
    "exhausted": "every use was taken (PC-9)",
    "not_for_customer": "the campaign was not sent to this household (PC-9)",
    "not_started": "redeemed before the campaign (PC-8)",
    "expired": "redeemed after the campaign (PC-8)",
}


def figures(result: Result) -> Iterator[str]:
    """One line after another."""
    yield from _speed(result)
    yield from _coupons(result)
    yield from _sums(result)
    if result.moved:
        yield from ledger_lines(result.moved)
    yield from reward_lines(result.rewards)


def _speed(result: Result) -> Iterator[str]:
    placed = result.outcome.placed
    yield f"Placed, paid and completed: {placed:,} baskets of {result.outcome.lines:,} lines"
    yield f"  in {result.seconds:,.1f} s: {result.per_second:,.1f} baskets a second"
    if result.skipped:
        yield f"  ({result.skipped:,} baskets were there already)"
    if result.outcome.left:
        yield f"  ({result.outcome.left:,} baskets and refunds are left: time ran out)"
    yield f"  {result.paid_with_points:,} baskets were paid with points in part"
    yield f"  {result.refunds:,} times goods came back"
    pieces = result.receipts.lines_in_one_piece()
    yield f"  {pieces:,} lines of weighed goods, fuel or uneven prices stand as one piece at the line's sum"


def _coupons(result: Result) -> Iterator[str]:
    coupons = result.coupons
    everywhere = sum(coupons.limits.values()) + coupons.unmatched
    yield f"Redemptions in the data set: {everywhere:,}, of these receipts: {result.expected_uses:,}"
    yield f"  uses counted:  {result.found_uses:,}"
    for reason, count in sorted(result.outcome.refused.items(), key=lambda item: -item[1]):
        yield f"  not counted:   {count:,} × {REASONS.get(reason, reason)}"
    if result.refused_earlier:
        yield f"  not counted:   {result.refused_earlier:,} × refused in an earlier run"


def _sums(result: Result) -> Iterator[str]:
    goods = sum(order.goods for order in result.orders.values())
    discount = sum(order.discount for order in result.orders.values())
    points = sum(order.points for order in result.orders.values())
    total = sum(order.total for order in result.orders.values())
    yield f"Orders compared with their receipts: {len(result.orders):,}"
    yield f"  goods {goods:,.2f} − discount {discount:,.2f} − points {points:,.2f} = total {total:,.2f}"
    if not result.differences:
        yield "  every order reconciles to the kopeck"
        return
    yield f"  {len(result.differences):,} differences:"
    for difference in result.differences[:SHOWN_DIFFERENCES]:
        yield f"    {difference}"
