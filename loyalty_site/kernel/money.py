"""Sums of money: the only place that rounds or splits (M-1, M-2).

Money is `Decimal` with two places, in the shop's currency. Percents are `Decimal`, 5 meaning 5 %.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("9999999999.99")


def rounded(amount: Decimal) -> Decimal:
    """Half-up to the kopeck (M-2)."""
    return amount.quantize(KOPECK, rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """`percent` of `amount`, half-up to the kopeck (M-2)."""
    return rounded(amount * percent / 100)


def floored(value: Decimal) -> int:
    """Whole part towards minus infinity; points are floored (M-3)."""
    return int(value.to_integral_value(rounding=ROUND_FLOOR))


def split_amount(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Spread `amount` over lines in proportion to `weights` by largest remainder (M-2).

    Parts are whole kopecks, add up to `amount` exactly, and ties go to the earlier line.
    `amount` and all weights are non-negative. With all weights zero only a zero amount can be spread.
    Raises ValueError otherwise.
    """
    units = split_units(int(amount / KOPECK), weights)
    return [unit * KOPECK for unit in units]


def split_units(units: int, weights: Sequence[Decimal]) -> list[int]:
    """Spread whole `units` (points, kopecks) like `split_amount`."""
    if units < 0 or any(weight < 0 for weight in weights):
        raise ValueError("A negative amount or weight cannot be spread.")
    total = sum(weights, Decimal(0))
    if not total:
        if units:
            raise ValueError("Nothing to spread the amount over.")
        return [0] * len(weights)
    # Integers from here on: a Decimal quotient of 28 digits could round a share up by itself.
    scaled = [int(weight.scaleb(6)) for weight in weights]
    whole = sum(scaled)
    shares = [units * weight // whole for weight in scaled]
    rests = [units * weight % whole for weight in scaled]
    by_rest = sorted(range(len(scaled)), key=lambda index: (-rests[index], index))
    for index in by_rest[: units - sum(shares)]:
        shares[index] += 1
    return shares
