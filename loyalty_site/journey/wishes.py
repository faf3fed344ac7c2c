"""What customers do beside the receipts: some pay with points, some bring goods back. Drawn by the basket's number.

The data set has neither, so both are invented; the same basket always draws the same, on any machine and in any run.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from loyalty_site.journey.receipts import Receipt

# Of all baskets: a quarter asks to pay with points, half of those with all that may be spent, the others with half
# of it; 3 % bring goods back, half of those come a second time with the rest.
PAYING_WITH_POINTS = 0.25
REFUNDED = 0.03
FIRST_AFTER_DAYS, REST_AFTER_DAYS = 3, 10


@dataclass(frozen=True)
class GoodsBack:
    """The first (1) or second (2) time that goods of a basket come back; `lines` None: all that is left."""

    part: int
    after_days: int
    lines: tuple[tuple[str, int], ...] | None


def share_of_points(number: str) -> Decimal:
    """Which share of the points that may be spent the basket asks to pay with; 0 for most."""
    drawn = _draw(number, "points")
    if drawn >= PAYING_WITH_POINTS:
        return Decimal(0)
    return Decimal(1) if drawn < PAYING_WITH_POINTS / 2 else Decimal("0.5")


def brings_back(number: str) -> bool:
    return _draw(number, "refund") < REFUNDED


def goods_back(receipt: Receipt) -> Iterator[GoodsBack]:
    """Half of every other line first; then, half of the time, the rest. A receipt of nothing stays as it is."""
    if not receipt.goods or not brings_back(receipt.number):
        return
    first = tuple((line.sku, (line.quantity + 1) // 2) for line in receipt.lines[::2])
    yield GoodsBack(1, FIRST_AFTER_DAYS, first)
    is_rest_left = len(receipt.lines) > 1 or receipt.lines[0].quantity > 1
    if is_rest_left and _draw(receipt.number, "refund") < REFUNDED / 2:
        yield GoodsBack(2, REST_AFTER_DAYS, None)


def _draw(number: str, what: str) -> float:
    """At least 0, below 1."""
    digest = hashlib.sha256(f"{what}:{number}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
