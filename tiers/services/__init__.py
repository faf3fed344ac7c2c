"""Writes of tiers: keyword-only, inside a transaction."""

from tiers.services.cards import issue_card
from tiers.services.memberships import MembershipTaken, MoreThanBought, refund_membership, start_memberships
from tiers.services.review import Reviewed, review_after_purchase, review_chunk

__all__ = [
    "MembershipTaken",
    "MoreThanBought",
    "Reviewed",
    "issue_card",
    "refund_membership",
    "review_after_purchase",
    "review_chunk",
    "start_memberships",
]
