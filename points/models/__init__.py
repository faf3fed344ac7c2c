"""Accounts, lots, entries, corrections that wait, grants to segments, actions that earn."""

from points.models.account import PointsAccount
from points.models.action import EarningAction
from points.models.adjustment import PendingAdjustment
from points.models.entry import Entry
from points.models.grant import SegmentGrant
from points.models.lot import Lot

__all__ = ["EarningAction", "Entry", "Lot", "PendingAdjustment", "PointsAccount", "SegmentGrant"]
