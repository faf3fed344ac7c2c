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
from points.queries.occasion_plan import Plan, PlannedDay, plan_occasion, sample_of
from points.queries.occasions import due_customers, due_occasions, fresh_gift, gift_of, shop_day

__all__ = [
    "INVARIANTS",
    "ActionUse",
    "DayOfPoints",
    "MonthOfPoints",
    "Owed",
    "Plan",
    "PlannedDay",
    "action_uses",
    "balance",
    "due_customers",
    "due_occasions",
    "entries",
    "entries_of",
    "expiring_within",
    "fresh_gift",
    "gift_of",
    "liability_by_month",
    "living_lots",
    "owed_now",
    "plan_occasion",
    "points_by_day",
    "sample_of",
    "shop_day",
]
