"""Accounts, lots, entries, corrections that wait, grants to segments, actions that earn, occasions."""

from points.models.account import PointsAccount
from points.models.action import EarningAction
from points.models.adjustment import PendingAdjustment
from points.models.entry import Entry
from points.models.grant import SegmentGrant
from points.models.lot import Lot
from points.models.occasion import CalendarDay, Occasion, OccasionGift

__all__ = [
    "CalendarDay",
    "EarningAction",
    "Entry",
    "Lot",
    "Occasion",
    "OccasionGift",
    "PendingAdjustment",
    "PointsAccount",
    "SegmentGrant",
]
