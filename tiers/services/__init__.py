"""Writes of tiers: keyword-only, inside a transaction."""

from tiers.services.card_holders import CardHeld, CardStays, attach_card, block_card, detach_card, unblock_card
from tiers.services.card_import import CardImport, import_cards
from tiers.services.cards import issue_card
from tiers.services.ladder import save_discount_steps, save_ladder
from tiers.services.memberships import MembershipTaken, MoreThanBought, refund_membership, start_memberships
from tiers.services.merge import merge_tiers
from tiers.services.plans import save_plan
from tiers.services.reminders import queue_membership_reminders
from tiers.services.review import Reviewed, review_after_purchase, review_chunk

__all__ = [
    "CardHeld",
    "CardImport",
    "CardStays",
    "MembershipTaken",
    "MoreThanBought",
    "Reviewed",
    "attach_card",
    "block_card",
    "detach_card",
    "import_cards",
    "issue_card",
    "merge_tiers",
    "queue_membership_reminders",
    "refund_membership",
    "review_after_purchase",
    "review_chunk",
    "save_discount_steps",
    "save_ladder",
    "save_plan",
    "start_memberships",
    "unblock_card",
]
