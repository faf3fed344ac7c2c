"""What a price is made from: lines, a code that applies, points, the programme's policy."""

from dataclasses import dataclass
from decimal import Decimal

from loyalty_site.kernel.money import ZERO

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class PercentOffer:
    """An automatic percent discount of a line. `source` is `tier`, `ladder` or `card` (Q-2).

    `name` is the tier's name, the card's last digits, or which ladder: `cumulative` or `order_total`.
    """

    source: str
    percent: Decimal
    name: str = ""


@dataclass(frozen=True)
class LineInput:
    """One line of a basket. `categories` holds the line's category and all above it.

    `is_membership`: the fee of a membership, for customers only (T-5).
    """

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    category: str = ""
    categories: frozenset[str] = frozenset()
    compare_at_price: Decimal | None = None
    earns_points: bool = True
    payable_with_points: bool = True
    automatic: tuple[PercentOffer, ...] = ()
    is_membership: bool = False

    @property
    def subtotal(self) -> Decimal:
        """Q-1: price × quantity."""
        return self.unit_price * self.quantity

    @property
    def is_on_sale(self) -> bool:
        """The old price is struck through."""
        return self.compare_at_price is not None and self.compare_at_price > self.unit_price

    @property
    def best_automatic(self) -> PercentOffer | None:
        """Q-2: automatic percents do not add up, the best one counts; the earlier one on a tie."""
        offers = [offer for offer in self.automatic if offer.percent > 0]
        return max(offers, key=lambda offer: offer.percent) if offers else None

    @property
    def beaten_automatic(self) -> tuple[PercentOffer, ...]:
        """The others, the better first."""
        best = self.best_automatic
        others = [offer for offer in self.automatic if offer.percent > 0 and offer is not best]
        return tuple(sorted(others, key=lambda offer: -offer.percent))


@dataclass(frozen=True)
class AppliedCode:
    """A code whose conditions hold. `in_scope` has one flag per line; `value` is None for `free_shipping`.

    `budget_left` cuts what the code gives (PC-17); None means no budget, or one that refuses instead of cutting.
    """

    code: str
    type: str
    value: Decimal | None
    in_scope: tuple[bool, ...]
    budget_left: Decimal | None = None
    promo_code_id: int | None = None


@dataclass(frozen=True)
class PointsTerms:
    """Q-5: points asked for, points the customer has, what one pays, the cap in percent of goods after discounts.

    A guest has no account of points (Q-10): `is_guest`.
    """

    asked: int = 0
    available: int = 0
    point_value: Decimal = Decimal(1)
    cap_percent: Decimal = Decimal(30)
    is_guest: bool = False


@dataclass(frozen=True)
class EarnTerms:
    """Q-6: the programme's base rate and, where a tier has one, the rate of `tier` that takes its place."""

    base_percent: Decimal = Decimal(10)
    tier_percent: Decimal | None = None
    tier: str = ""

    @property
    def current(self) -> Decimal:
        return self.base_percent if self.tier_percent is None else self.tier_percent


@dataclass(frozen=True)
class PricingPolicy:
    """`percent_policy` is `replace` or `best` (PC-11); `ships_free` is a privilege of `tier` (Q-4)."""

    percent_policy: str = "replace"
    ships_free: bool = False
    delivery_price: Decimal = ZERO
    tier: str = ""

    @property
    def keeps_better(self) -> bool:
        return self.percent_policy == "best"
