"""The ladder: who deserves which tier, and how far the next one is (T-1, T-3)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Basis(StrEnum):
    SPEND = "spend"
    ORDERS = "orders"


@dataclass(frozen=True)
class TierTerms:
    """What a tier asks for; the threshold that nobody has set is None."""

    code: str
    threshold_amount: Decimal | None
    threshold_orders: int | None


@dataclass(frozen=True)
class LadderTerms:
    """`tiers`: those on the ladder, lowest first by the basis; the lowest begins at zero."""

    basis: Basis
    tiers: tuple[TierTerms, ...]


@dataclass(frozen=True)
class Progress:
    """What counts of a customer's purchases at a moment: money kept for goods, and orders not given back whole."""

    spent: Decimal = Decimal("0.00")
    orders: int = 0


@dataclass(frozen=True)
class Missing:
    """How far a tier is; what the ladder does not count is None."""

    amount: Decimal | None
    orders: int | None


def height(basis: Basis, terms: TierTerms) -> Decimal | None:
    """What the tier asks for in the ladder's own measure: roubles or orders. None: it does not say."""
    threshold = terms.threshold_amount if basis is Basis.SPEND else terms.threshold_orders
    return None if threshold is None else Decimal(threshold)


def deserved(ladder: LadderTerms, progress: Progress) -> TierTerms:
    """The highest tier whose threshold is reached; the lowest for who reaches none."""
    counted = _counted(ladder, progress)
    reached = [terms for terms in ladder.tiers if (height(ladder.basis, terms) or 0) <= counted]
    return (reached or list(ladder.tiers[:1]))[-1]


def next_after(ladder: LadderTerms, terms: TierTerms) -> TierTerms | None:
    """The first tier of the ladder above `terms`, which may have been taken off it; None at the top."""
    own = height(ladder.basis, terms)
    above = [other for other in ladder.tiers if own is None or (height(ladder.basis, other) or 0) > own]
    return above[0] if above else None


def missing(ladder: LadderTerms, upper: TierTerms, progress: Progress) -> Missing:
    """What `progress` lacks for the tier `upper`, never below zero."""
    lack = max((height(ladder.basis, upper) or Decimal(0)) - _counted(ladder, progress), Decimal(0))
    if ladder.basis is Basis.SPEND:
        return Missing(lack.quantize(Decimal("0.01")), None)
    return Missing(None, int(lack))


def _counted(ladder: LadderTerms, progress: Progress) -> Decimal:
    return progress.spent if ladder.basis is Basis.SPEND else Decimal(progress.orders)
