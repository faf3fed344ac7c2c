"""Decisions about points, on plain values."""

from points.rules.balance import Balance, balance_of
from points.rules.dates import end_of_day, lot_dates
from points.rules.facts import correcting_key, correction_fact
from points.rules.lines import EntryKind, Line, LotState, debt_lines
from points.rules.orders import earned_on, points_back, still_to_take_back
from points.rules.returns import SpentPart, return_lines
from points.rules.spending import available, spending_lines
from points.rules.take_backs import Earning, ExpiredPart, take_back_lines

__all__ = [
    "Balance",
    "Earning",
    "EntryKind",
    "ExpiredPart",
    "Line",
    "LotState",
    "SpentPart",
    "available",
    "balance_of",
    "correcting_key",
    "correction_fact",
    "debt_lines",
    "earned_on",
    "end_of_day",
    "lot_dates",
    "points_back",
    "return_lines",
    "spending_lines",
    "still_to_take_back",
    "take_back_lines",
]
