"""O-7, the money: what a refund of some goods gives back.

The share of a line for its first n pieces is rounded cumulatively, so that any number of steps in any order
adds up to the line's total to the kopeck. Delivery goes back with the last of the goods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loyalty_site.kernel.money import ZERO, rounded


@dataclass(frozen=True)
class LineShare:
    """A line as it was paid: `total` for `quantity` pieces, of which `refunded_quantity` went back."""

    sku: str
    quantity: int
    total: Decimal
    refunded_quantity: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.refunded_quantity


@dataclass(frozen=True)
class RefundStep:
    """`parts` holds (sku, quantity, amount) of the lines touched; `is_last` when no goods remain."""

    parts: tuple[tuple[str, int, Decimal], ...]
    delivery: Decimal
    is_last: bool

    @property
    def goods(self) -> Decimal:
        return sum((amount for _, _, amount in self.parts), ZERO)

    @property
    def amount(self) -> Decimal:
        return self.goods + self.delivery


def refunded_so_far(total: Decimal, quantity: int, pieces: int) -> Decimal:
    """What `pieces` of `quantity` pieces that cost `total` together give back."""
    return rounded(total * pieces / quantity)


def refund_amounts(lines: Sequence[LineShare], asked: Mapping[str, int] | None, delivery: Decimal) -> RefundStep:
    """`asked` maps SKU to pieces; None means all that is left. Quantities must fit what is left."""
    wanted = {line.sku: line.left for line in lines} if asked is None else asked
    parts = []
    for line in lines:
        pieces = wanted.get(line.sku, 0)
        if pieces:
            after = refunded_so_far(line.total, line.quantity, line.refunded_quantity + pieces)
            before = refunded_so_far(line.total, line.quantity, line.refunded_quantity)
            parts.append((line.sku, pieces, after - before))
    is_last = all(line.left == wanted.get(line.sku, 0) for line in lines)
    return RefundStep(tuple(parts), delivery if is_last else ZERO, is_last)
