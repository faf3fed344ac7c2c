"""Decisions about referrals on plain values."""

from referrals.rules.ambassadors import AmbassadorTerms
from referrals.rules.codes import CODE_LENGTH, code_of, customer_of

__all__ = ["CODE_LENGTH", "AmbassadorTerms", "code_of", "customer_of"]
