"""What customers are worth, whether they come back, and how often they buy (RP-1)."""

from customers.queries.report.choices import channels_known, segments_known
from customers.queries.report.cohorts import cohort_table
from customers.queries.report.frequency import frequency
from customers.queries.report.guard import TooSlow, within_time
from customers.queries.report.home import CustomersOfDay, customers_by_day
from customers.queries.report.shapes import (
    BANDS,
    AverageMonth,
    Band,
    Cohort,
    CohortMonth,
    CohortTable,
    Figures,
    Frequency,
    ReportFilter,
)
from customers.queries.report.whole import CustomerReport, customer_report, keep_report, report_key, report_or_wait

__all__ = [
    "BANDS",
    "AverageMonth",
    "Band",
    "Cohort",
    "CohortMonth",
    "CohortTable",
    "CustomerReport",
    "CustomersOfDay",
    "Figures",
    "Frequency",
    "ReportFilter",
    "TooSlow",
    "channels_known",
    "cohort_table",
    "customer_report",
    "customers_by_day",
    "frequency",
    "keep_report",
    "report_key",
    "report_or_wait",
    "segments_known",
    "within_time",
]
