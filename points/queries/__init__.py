"""Reads of the ledger."""

from points.queries.balance import balance
from points.queries.entries import entries
from points.queries.invariants import INVARIANTS
from points.queries.liability import MonthOfPoints, liability_by_month

__all__ = ["INVARIANTS", "MonthOfPoints", "balance", "entries", "liability_by_month"]
