"""Decisions about tiers, on plain values."""

from tiers.rules.benefits import Benefits, Offer, Perks, benefits_of
from tiers.rules.card_rows import CardRow
from tiers.rules.cards import with_check_digit
from tiers.rules.dates import months_after
from tiers.rules.ladder import (
    Basis,
    LadderTerms,
    Missing,
    Progress,
    TierTerms,
    deserved,
    height,
    missing,
    next_after,
)
from tiers.rules.spec import LadderSpec, TierSpec, ladder_faults, step_faults
from tiers.rules.steps import Step, steps_percent

__all__ = [
    "Basis",
    "Benefits",
    "CardRow",
    "LadderSpec",
    "LadderTerms",
    "Missing",
    "Offer",
    "Perks",
    "Progress",
    "Step",
    "TierSpec",
    "TierTerms",
    "benefits_of",
    "deserved",
    "height",
    "ladder_faults",
    "missing",
    "months_after",
    "next_after",
    "step_faults",
    "steps_percent",
    "with_check_digit",
]
