"""The tables of the report on customers as files: figures as numbers, months as 2026-06."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from customers.admin.report_columns import COLUMNS
from customers.admin.report_words import band_text
from customers.queries.report import CustomerReport
from loyalty_site.kernel.cells import Cell

Table = tuple[list[str], Iterator[list[Cell]]]


def cohorts(report: CustomerReport) -> Table:
    """One row for each cohort and month since."""
    header = [
        _("Cohort"),
        _("Customers"),
        _("Months since"),
        _("Bought"),
        _("Retention, %"),
        _("Purchases"),
        _("Revenue"),
        _("Revenue so far"),
        _("LTV"),
        _("Month is over"),
    ]
    rows: Iterator[list[Cell]] = (
        [
            f"{cohort.month:%Y-%m}",
            cohort.size,
            one.age,
            one.buyers,
            one.retention,
            one.orders,
            one.revenue,
            one.total,
            one.ltv,
            int(one.is_over),
        ]
        for cohort in report.cohorts.cohorts
        for one in cohort.months
    )
    return header, rows


def bands(report: CustomerReport) -> Table:
    """How many customers made one purchase, two and so on."""
    header = [_("Purchases in the period"), _("Buyers"), _("Of the buyers, %"), _("Purchases"), _("Revenue")]
    rows: Iterator[list[Cell]] = (
        [band_text(one.least, one.most), one.customers, one.share, one.orders, one.revenue]
        for one in report.frequency.bands
    )
    return header, rows


def figures(report: CustomerReport) -> Table:
    """The headline figures, with those of the period before where they were asked for."""
    found = report.frequency
    rows: Iterator[list[Cell]] = (
        [
            str(column.title),
            getattr(found.total, column.name),
            getattr(found.previous, column.name) if found.previous else None,
        ]
        for column in COLUMNS
    )
    return [_("Figure"), _("In the period"), _("In the period before")], rows


FILES: dict[str, Callable[[CustomerReport], Table]] = {"cohorts": cohorts, "frequency": bands, "figures": figures}
