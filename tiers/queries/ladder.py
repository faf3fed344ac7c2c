"""The ladder as it is (T-1)."""

from dataclasses import dataclass
from decimal import Decimal

from tiers.models import Ladder, Tier
from tiers.rules import Basis, LadderTerms, TierTerms, height


@dataclass(frozen=True)
class LadderView:
    """`tiers`: those on the ladder, lowest first."""

    basis: Basis
    window_days: int
    grace_days: int
    tiers: tuple[Tier, ...]

    @property
    def terms(self) -> LadderTerms:
        return LadderTerms(self.basis, tuple(terms_of(tier) for tier in self.tiers))


def ladder() -> LadderView:
    """Two queries."""
    return ladder_of(list(Tier.objects.filter(is_active=True).order_by("pk")))


def ladder_of(tiers: list[Tier]) -> LadderView:
    """With `tiers` read already. One query."""
    settings = Ladder.objects.filter(pk=1).first() or Ladder(pk=1)
    basis = Basis(settings.basis)
    active = [tier for tier in tiers if tier.is_active]
    active.sort(key=lambda tier: height(basis, terms_of(tier)) or Decimal(0))
    return LadderView(basis, settings.window_days, settings.grace_days, tuple(active))


def terms_of(tier: Tier) -> TierTerms:
    return TierTerms(tier.code, tier.threshold_amount, tier.threshold_orders)


def tier_choices() -> list[tuple[str, str]]:
    """(code, name) of the tiers on the ladder, lowest first. Two queries."""
    return [(tier.code, tier.shown_name) for tier in ladder().tiers]
