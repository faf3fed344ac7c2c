"""Referrals over HTTP."""
