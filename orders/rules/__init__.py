"""Decisions and sums of the till on plain values: no database, no clock."""

from orders.rules.facts import (
    AppliedCode,
    EarnTerms,
    LineInput,
    PercentOffer,
    PointsTerms,
    PricingPolicy,
)
from orders.rules.pricing import price
from orders.rules.quote import CodeOutcome, LineDiscount, PricedLine, Quote, Step
from orders.rules.refunds import LineShare, RefundStep, refund_amounts, refunded_so_far
from orders.rules.states import Action, next_status

__all__ = [
    "Action",
    "AppliedCode",
    "CodeOutcome",
    "EarnTerms",
    "LineDiscount",
    "LineInput",
    "LineShare",
    "PercentOffer",
    "PointsTerms",
    "PricedLine",
    "PricingPolicy",
    "Quote",
    "RefundStep",
    "Step",
    "next_status",
    "price",
    "refund_amounts",
    "refunded_so_far",
]
