"""Reads of the ledger."""

from points.queries.balance import balance
from points.queries.entries import entries, entries_of
from points.queries.invariants import INVARIANTS
from points.queries.liability import MonthOfPoints, liability_by_month
from points.queries.lots import living_lots

__all__ = [
    "INVARIANTS",
    "MonthOfPoints",
    "balance",
    "entries",
    "entries_of",
    "liability_by_month",
    "living_lots",
]
