"""Referrals for staff."""
