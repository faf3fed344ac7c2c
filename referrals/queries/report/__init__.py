"""What referrals bring and what they cost (R-6)."""

from referrals.queries.report.days import registrations_by_day
from referrals.queries.report.funnel import funnel
from referrals.queries.report.owed import Owed, owed_now
from referrals.queries.report.shapes import Figures, Funnel, FunnelRow, GroupBy, ReportFilter, Who
from referrals.queries.report.times import without_gaps

__all__ = [
    "Figures",
    "Funnel",
    "FunnelRow",
    "GroupBy",
    "Owed",
    "ReportFilter",
    "Who",
    "funnel",
    "owed_now",
    "registrations_by_day",
    "without_gaps",
]
