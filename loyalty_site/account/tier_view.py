"""A customer's tier as the overview and the tier's own page show it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from loyalty_site.account.tier_words import Way, brings, lack_text, way_to_next
from tiers.models import Tier
from tiers.queries import StandingView, standing
from tiers.rules import Basis, TierTerms, height


@dataclass(frozen=True)
class TierView:
    """`name` and `brings` are of the better of the earned tier and the membership that lies over it.

    `is_lifted`: the membership is the better one, so that the earned tier is another than `name`.
    """

    standing: StandingView
    name: str
    brings: list[str]
    way: Way | None
    lapses_at: datetime | None
    lapses_to: str
    to_keep: str
    membership_name: str
    membership_until: datetime | None
    is_lifted: bool


def tier_view(customer_id: int, *, base_percent: Decimal, now: datetime) -> TierView:
    """Four queries."""
    found = standing(customer_id, now=now)
    paid = found.membership
    own = [found.tier, *([paid.tier] if paid else [])]
    best = max(own, key=lambda tier: _height(found.basis, tier))
    return TierView(
        standing=found,
        name=best.shown_name,
        brings=brings(best, base_percent=base_percent),
        way=way_to_next(found, base_percent=base_percent),
        lapses_at=found.lapses_at,
        lapses_to=found.lapses_to.shown_name if found.lapses_to else "",
        to_keep=lack_text(found.to_keep) if found.to_keep else "",
        membership_name=paid.tier.shown_name if paid else "",
        membership_until=paid.paid_until if paid else None,  # type: ignore[attr-defined]
        is_lifted=best != found.tier,
    )


def _height(basis: Basis, tier: Tier) -> Decimal:
    found = height(basis, TierTerms(tier.code, tier.threshold_amount, tier.threshold_orders))
    return Decimal(-1) if found is None else found
