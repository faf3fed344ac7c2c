"""Points of an order and of its partial refunds (O-7, M-3): any steps in any order add up exactly."""

from collections.abc import Iterable
from decimal import Decimal

from loyalty_site.kernel.money import floored


def points_back(points: int, quantity: int, *, before: int, pieces: int) -> int:
    """What returning `pieces` of a line of `quantity` gives back of the `points` spent on it.

    `before` pieces went back already. Shares are rounded down cumulatively, so all pieces give all points.
    """
    return points * (before + pieces) // quantity - points * before // quantity


def earned_on(parts: Iterable[tuple[Decimal, Decimal]]) -> int:
    """Points earned on (sum, percent) of the lines together: floored once (M-3)."""
    return floored(sum((amount * percent / 100 for amount, percent in parts), Decimal(0)))


def still_to_take_back(*, earned: int, taken: int, kept: int) -> int:
    """What this refund takes back when `kept` points are earned on what remains and `taken` went back before."""
    return max(0, earned - taken - kept)
