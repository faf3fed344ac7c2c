"""Reads of tiers."""

from tiers.queries.benefits import benefits
from tiers.queries.cards import customers_of_card, holders_of_cards
from tiers.queries.invariants import INVARIANTS
from tiers.queries.ladder import LadderView, ladder, tier_choices
from tiers.queries.memberships import memberships
from tiers.queries.percents import OwnPercent, own_percents
from tiers.queries.preview import Preview, preview_customers, preview_ladder
from tiers.queries.standing import CountedPurchase, NextTier, StandingView, changes, counted_purchases, standing

__all__ = [
    "INVARIANTS",
    "CountedPurchase",
    "LadderView",
    "NextTier",
    "OwnPercent",
    "Preview",
    "StandingView",
    "benefits",
    "changes",
    "counted_purchases",
    "customers_of_card",
    "holders_of_cards",
    "ladder",
    "memberships",
    "own_percents",
    "preview_customers",
    "preview_ladder",
    "standing",
    "tier_choices",
]
