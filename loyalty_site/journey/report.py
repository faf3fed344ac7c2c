"""The usage report of the replayed campaigns (PC-21), as lines of text."""

from collections.abc import Iterator, Sequence

from loyalty_site.journey.run import Result
from promocodes.queries.report import Figures, GroupBy, ReportFilter, usage_report

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
