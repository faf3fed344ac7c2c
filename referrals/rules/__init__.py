"""Decisions about referrals on plain values."""

from referrals.rules.codes import CODE_LENGTH, code_of, customer_of

__all__ = ["CODE_LENGTH", "code_of", "customer_of"]
