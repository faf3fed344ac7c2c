"""How codes are used, by campaign, code, channel or day (PC-21)."""

from promocodes.queries.report.shapes import Figures, GroupBy, Report, ReportFilter, ReportRow
from promocodes.queries.report.usage import usage_report

__all__ = ["Figures", "GroupBy", "Report", "ReportFilter", "ReportRow", "usage_report"]
