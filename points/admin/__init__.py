"""Points in the back office: the ledger, corrections, grants to segments, actions that earn, a customer's part."""

from points.admin.actions import ActionAdmin
from points.admin.calendar import CalendarDayAdmin
from points.admin.corrections import CorrectionAdmin
from points.admin.entries import EntryAdmin
from points.admin.gifts import GiftAdmin
from points.admin.grants import GrantAdmin
from points.admin.occasions import OccasionAdmin

__all__ = [
    "ActionAdmin",
    "CalendarDayAdmin",
    "CorrectionAdmin",
    "EntryAdmin",
    "GiftAdmin",
    "GrantAdmin",
    "OccasionAdmin",
]
