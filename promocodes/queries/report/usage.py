"""The usage report in two statements, whatever the number of codes and orders (PC-21)."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import day_text
from promocodes.queries.report.shapes import Figures, GroupBy, Report, ReportFilter, ReportRow
from promocodes.queries.report.sql import uses_statement, without_statement
from promocodes.rules import start_of

CHANNELS = {"site": "site", "app": "app", "pos": "till", "marketplace": "marketplace"}
FIGURES = tuple(field.name for field in fields(Figures))
EVERYTHING = "*"
Found = dict[tuple[int, str | None], dict[str, Any]]


def usage_report(asked: ReportFilter) -> Report:
    """Figures by campaign, code, channel or day. Days without a use are left out of `rows`."""
    params = _params(asked)
    used = _rows(uses_statement(asked.group_by), params)
    without = {(row["period"], row["grp"]): row for row in _rows(without_statement(asked.group_by), params)}
    found: Found = {}
    for row in used:
        found[row["period"], None if row["is_total"] else row["grp"]] = row
    groups = list(dict.fromkeys(row["grp"] for row in used if not row["is_total"]))
    if asked.group_by is GroupBy.DAY:
        groups.sort()
    labels = {row["grp"]: row["label"] for row in used if not row["is_total"]}
    return Report(
        filter=asked,
        rows=tuple(
            ReportRow(
                key=group,
                label=_label(asked.group_by, group, labels[group]),
                figures=_figures(asked, 0, group, found, without),
                previous=_figures(asked, 1, group, found, without) if asked.compare else None,
            )
            for group in groups
        ),
        total=_figures(asked, 0, None, found, without),
        previous_total=_figures(asked, 1, None, found, without) if asked.compare else None,
    )


def _params(asked: ReportFilter) -> dict[str, Any]:
    zone = timezone.get_default_timezone()
    start, end = asked.period(zone)
    return {
        "zone": str(zone),
        "start": start,
        "end": end,
        "covered": start_of(asked.covered_from(), zone),
        "covered_day": asked.covered_from(),
        "first_day": asked.first_day,
        "last_day": asked.last_day,
        "days": asked.days,
        "campaign": asked.campaign,
        "code": asked.code,
        "channel": asked.channel,
        "limit": asked.limit,
    }


def _rows(statement: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(params))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _figures(
    asked: ReportFilter, period: int, group: str | None, found: Found, without: Mapping[Any, dict[str, Any]]
) -> Figures:
    own = asked.group_by in {GroupBy.CHANNEL, GroupBy.DAY}
    beside = without.get((period, group if own or group is None else EVERYTHING), {})
    row = found.get((period, group), {}) | {name: value for name, value in beside.items() if name.endswith("_without")}
    return Figures(**{name: row[name] for name in FIGURES if row.get(name) is not None})


def _label(group_by: GroupBy, group: str, label: str | None) -> str:
    if group_by is GroupBy.CAMPAIGN:
        return label or _("no campaign")
    if group_by is GroupBy.CHANNEL:
        return _(CHANNELS.get(group, group))
    if group_by is GroupBy.DAY:
        return day_text(date.fromisoformat(group))
    return group
