"""Points in the back office: the ledger, corrections, grants to segments, actions that earn, a customer's part."""

from points.admin.actions import ActionAdmin
from points.admin.corrections import CorrectionAdmin
from points.admin.entries import EntryAdmin
from points.admin.grants import GrantAdmin

__all__ = ["ActionAdmin", "CorrectionAdmin", "EntryAdmin", "GrantAdmin"]
