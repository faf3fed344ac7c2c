"""How codes are used (PC-21): the usage report, the uses of one code and their curve."""

from promocodes.queries.report.one_code import DayUses, curve_of_uses, uses_of
from promocodes.queries.report.shapes import Figures, GroupBy, Report, ReportFilter, ReportRow
from promocodes.queries.report.usage import usage_report

__all__ = [
    "DayUses",
    "Figures",
    "GroupBy",
    "Report",
    "ReportFilter",
    "ReportRow",
    "curve_of_uses",
    "usage_report",
    "uses_of",
]
