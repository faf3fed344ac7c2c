"""Writes of referrals: keyword-only, inside a transaction."""
