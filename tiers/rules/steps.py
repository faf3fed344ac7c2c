"""Ladders of discounts: thresholds and what they give (T-4)."""

from collections.abc import Iterable
from decimal import Decimal

Step = tuple[Decimal, Decimal]
"""(from so many roubles on, percent)."""


def steps_percent(steps: Iterable[Step], amount: Decimal) -> Decimal:
    """The percent of the highest step that `amount` reaches; 0 when it reaches none."""
    reached = [step for step in steps if step[0] <= amount]
    return max(reached)[1] if reached else Decimal(0)
