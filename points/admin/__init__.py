"""Points in the back office: the ledger, corrections, actions that earn, and a customer's part of all that."""

from points.admin.actions import ActionAdmin
from points.admin.corrections import CorrectionAdmin
from points.admin.entries import EntryAdmin

__all__ = ["ActionAdmin", "CorrectionAdmin", "EntryAdmin"]
