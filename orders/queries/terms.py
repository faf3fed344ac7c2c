"""What the shopper brings to a price: points, the tier's privileges, automatic percents (Q-2, Q-4, Q-5, Q-6, Q-10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from customers.models import Programme
from loyalty_site.kernel.money import ZERO
from orders.rules import CodeOutcome, EarnTerms, LineInput, PercentOffer, PointsTerms, PricingPolicy, Quote, price
from orders.rules.facts import AppliedCode
from points.rules import Balance
from tiers.rules import Benefits


@dataclass(frozen=True)
class Terms:
    """A price's terms but for its lines and code. A guest has no tier and no points (Q-10)."""

    programme: Programme
    benefits: Benefits
    balance: Balance
    is_guest: bool
    points_asked: int
    delivery_price: Decimal

    def price(
        self, lines: Sequence[LineInput], *, code: AppliedCode | None = None, rejected: CodeOutcome | None = None
    ) -> Quote:
        """The quote for `lines`, whose automatic percents are in them."""
        programme, benefits = self.programme, self.benefits
        return price(
            lines,
            code=code,
            rejected=rejected,
            points=PointsTerms(
                asked=self.points_asked,
                available=self.balance.available,
                # Unsaved settings hold their defaults as whole numbers.
                point_value=Decimal(programme.point_value),
                cap_percent=Decimal(programme.points_cap_percent),
                is_guest=self.is_guest,
            ),
            earn=EarnTerms(programme.base_earn_percent, benefits.cashback_percent, benefits.tier_name),
            policy=PricingPolicy(
                programme.percent_policy, benefits.ships_free, self.delivery_price, benefits.tier_name
            ),
        )


def with_benefits(lines: Sequence[LineInput], benefits: Benefits) -> tuple[LineInput, ...]:
    """The automatic percents that each line may have (Q-2).

    A membership's fee gets none, is not paid with points and earns nothing: it buys privileges, not goods (T-5).
    """
    goods_total = sum((line.subtotal for line in lines), ZERO)
    offers = tuple(PercentOffer(offer.source, offer.percent, offer.name) for offer in benefits.automatic(goods_total))
    return tuple(
        replace(line, is_membership=True, earns_points=False, payable_with_points=False)
        if line.sku in benefits.membership_skus
        else replace(line, automatic=offers)
        for line in lines
    )
