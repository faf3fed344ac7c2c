"""The ladder, where customers stand on it and why, discount ladders, cards, paid membership (T-1 … T-5)."""

from tiers.models.card import Card
from tiers.models.ladder import Ladder, Tier
from tiers.models.membership import Membership, MembershipPlan
from tiers.models.standing import Standing, TierChange
from tiers.models.steps import DiscountStep

__all__ = ["Card", "DiscountStep", "Ladder", "Membership", "MembershipPlan", "Standing", "Tier", "TierChange"]
