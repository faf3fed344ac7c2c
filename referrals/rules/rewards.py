"""How much a reward is, and how much of it stays when goods come back (R-3, R-4)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from loyalty_site.kernel.money import ZERO, floored, percent_of, rounded

# What one entry of the ledger may be.
MOST_POINTS = 100_000_000
CODES = frozenset({"fixed_code", "percent_code"})


@dataclass(frozen=True)
class RewardTerms:
    """What one of the two was promised: `amount` points, roubles or percent off by its `kind` (`RewardKind`).

    With `is_percent`, for points and money, a percent of the order's goods instead.
    """

    kind: str
    amount: Decimal
    is_percent: bool = False


def reward_amount(terms: RewardTerms, goods: Decimal, point_value: Decimal) -> Decimal:
    """Of an order with `goods` paid; points are whole, floored (M-3), money is rounded to the kopeck (M-2).

    Zero: the order earns nothing.
    """
    if terms.kind == "points":
        share = goods * terms.amount / 100 / point_value if terms.is_percent else terms.amount
        return Decimal(min(floored(share), MOST_POINTS))
    return percent_of(goods, terms.amount) if terms.is_percent else terms.amount


def kept_reward(amount: Decimal, kept_share: Fraction, kind: str) -> Decimal:
    """What stays paid of `amount` when `kept_share` of the order's goods stays sold.

    The share that went back is taken back, floored for points; asked with what stays after each refund, the steps
    add up to the whole in any order. A promo code cannot be parted: it goes with the last of the goods.
    """
    if kept_share <= 0:
        return ZERO
    if kind in CODES or kept_share >= 1:
        return amount
    taken = Fraction(amount) * (1 - kept_share)
    if kind == "points":
        return amount - taken.__floor__()
    return amount - rounded(Decimal(taken.numerator) / Decimal(taken.denominator))
