"""Writes of referrals: keyword-only, inside a transaction."""

from referrals.services.payout import PaidOut, pay_due, pay_rewards
from referrals.services.settings import see_news, show_name

__all__ = ["PaidOut", "pay_due", "pay_rewards", "see_news", "show_name"]
