"""Referrals for staff: ambassadors, lists of referrals and rewards, a customer's part, the report."""

from referrals.admin.ambassadors import AmbassadorAdmin
from referrals.admin.referrals import ReferralAdmin
from referrals.admin.reviews import ReviewAdmin
from referrals.admin.rewards import RewardAdmin

__all__ = ["AmbassadorAdmin", "ReferralAdmin", "ReviewAdmin", "RewardAdmin"]
