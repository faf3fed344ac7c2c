"""Writes of referrals: keyword-only, inside a transaction."""

from referrals.services.settings import see_news, show_name

__all__ = ["see_news", "show_name"]
