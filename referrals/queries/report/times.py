"""A report by time: how its days, weeks and months are called, and those of which there is nothing to say."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.formats import date_format

from loyalty_site.kernel.texts import day_text
from promocodes.rules.summary import days_text
from referrals.queries.report.shapes import Figures, Funnel, FunnelRow, GroupBy


def time_label(group_by: GroupBy, day: date) -> str:
    """Of the group that begins with `day`."""
    if group_by is GroupBy.MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT").replace(" г.", "")
    return day_text(day) if group_by is GroupBy.DAY else days_text(day, day + timedelta(days=6))


def without_gaps(report: Funnel) -> list[FunnelRow]:
    """The rows of a report by time with the quiet days, weeks or months between them, for an even axis."""
    asked = report.filter
    known = {row.key: row for row in report.rows}
    previous = Figures() if asked.compare else None
    return [
        known.get(day.isoformat())
        or FunnelRow(key=day.isoformat(), label=time_label(asked.group_by, day), figures=Figures(), previous=previous)
        for day in _firsts(asked.group_by, asked.first_day, asked.last_day)
    ]


def _firsts(group_by: GroupBy, day: date, last: date) -> Iterator[date]:
    """The first days of the groups, from Mondays and firsts of months as the report names them."""
    if group_by is GroupBy.WEEK:
        day -= timedelta(days=day.weekday())
    elif group_by is GroupBy.MONTH:
        day = day.replace(day=1)
    while day <= last:
        yield day
        if group_by is GroupBy.MONTH:
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        else:
            day += timedelta(days=7 if group_by is GroupBy.WEEK else 1)
