"""The usage report of the replayed campaigns (PC-21), as lines of text."""

from collections.abc import Iterator, Sequence

from loyalty_site.journey.run import Result
from promocodes.queries.report import Figures, GroupBy, ReportFilter, usage_report
from referrals.queries import report as referral_report
from referrals.queries.report import funnel

HEADINGS = ("campaign", "uses", "discount", "revenue", "average with", "average without", "new", "repeat, %")


def usage_table(result: Result) -> Iterator[str]:
    """One row per campaign over the days of the replayed receipts, then the total."""
    if not len(result.receipts):
        return
    first, last = result.receipts.days()
    report = usage_report(ReportFilter(first_day=first, last_day=last, group_by=GroupBy.CAMPAIGN))
    rows = [_cells(row.label, row.figures) for row in report.rows]
    yield f"Usage report, {first} to {last}"
    yield from _aligned([HEADINGS, *rows, _cells("total", report.total)])


def funnel_lines(result: Result) -> Iterator[str]:
    """The report on referrals over the days of the receipts (R-6)."""
    if not len(result.receipts):
        return
    first, last = result.receipts.days()
    total = funnel(referral_report.ReportFilter(first_day=first, last_day=last)).total
    yield f"Referrals, {first} to {last}"
    yield (
        f"  {total.visits:,} visits → {total.registrations:,} registrations → {total.first_orders:,} first orders"
        f" → {total.paid:,} paid; K-factor {total.k_factor}"
    )
    yield (
        f"  cost {total.cost:,.2f}: {total.points + total.welcome_points:,} points, {total.money:,.2f} in money;"
        f" revenue {total.revenue:,.2f}; {total.cost_per_buyer or 0:,.2f} per buyer"
    )


def _cells(label: str, figures: Figures) -> tuple[str, ...]:
    return (
        label,
        f"{figures.uses:,}",
        f"{figures.discount:,.2f}",
        f"{figures.revenue:,.2f}",
        f"{figures.average_with:,.2f}" if figures.average_with is not None else "—",
        f"{figures.average_without:,.2f}" if figures.average_without is not None else "—",
        f"{figures.new_customers:,}",
        f"{figures.repeat_rate:,.1f}" if figures.repeat_rate is not None else "—",
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The first column to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
