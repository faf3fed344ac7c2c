"""Tiers in the back office: the ladder, discount ladders, cards, memberships."""

from tiers.admin.cards import CardAdmin
from tiers.admin.memberships import MembershipAdmin
from tiers.admin.plans import MembershipPlanAdmin

__all__ = ["CardAdmin", "MembershipAdmin", "MembershipPlanAdmin"]
