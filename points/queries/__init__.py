"""Reads of the ledger."""

from points.queries.actions import ActionUse, action_uses
from points.queries.balance import balance
from points.queries.entries import entries, entries_of
from points.queries.invariants import INVARIANTS
from points.queries.liability import (
    DayOfPoints,
    MonthOfPoints,
    Owed,
    expiring_within,
    liability_by_month,
    owed_now,
    points_by_day,
)
from points.queries.lots import living_lots

__all__ = [
    "INVARIANTS",
    "ActionUse",
    "DayOfPoints",
    "MonthOfPoints",
    "Owed",
    "action_uses",
    "balance",
    "entries",
    "entries_of",
    "expiring_within",
    "liability_by_month",
    "living_lots",
    "owed_now",
    "points_by_day",
]
