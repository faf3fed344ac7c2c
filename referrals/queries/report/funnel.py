"""From visits by links to rewards, with what these cost and the brought customers bought (R-6)."""

from contextlib import suppress
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.queries import programme
from customers.rules import normalised_phone
from loyalty_site.kernel.money import rounded
from promocodes.rules import readings, start_of
from referrals.models.visit import Via
from referrals.queries.report.shapes import TIMES, Figures, Funnel, FunnelRow, GroupBy, ReportFilter
from referrals.queries.report.sql import statement
from referrals.queries.report.times import time_label

FIGURES = tuple(field.name for field in fields(Figures))
Found = dict[tuple[int, str | None], dict[str, Any]]


def funnel(asked: ReportFilter) -> Funnel:
    """Figures by day, week, month, channel or referrer. Groups of which there is nothing to say are left out.

    Two queries: the report, and the programme's worth of a point, at which points are counted as cost.
    """
    value = Decimal(programme().point_value)
    rows = _rows(statement(asked.group_by, is_searching=bool(asked.search)), _params(asked))
    found: Found = {(row["period"], None if row["is_total"] else row["grp"]): row for row in rows}
    labels = {row["grp"]: row["label"] for row in rows if not row["is_total"]}
    return Funnel(
        filter=asked,
        point_value=value,
        rows=tuple(
            FunnelRow(
                key=group,
                label=_label(asked.group_by, group, labels[group]),
                figures=_figures(found.get((0, group)), value),
                previous=_figures(found.get((1, group)), value) if asked.compare else None,
            )
            for group in labels
        ),
        total=_figures(found.get((0, None)), value),
        previous_total=_figures(found.get((1, None)), value) if asked.compare else None,
    )


def _params(asked: ReportFilter) -> dict[str, Any]:
    zone = timezone.get_default_timezone()
    start, end = asked.period(zone)
    literal = asked.search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "zone": str(zone),
        "start": start,
        "end": end,
        "covered": start_of(asked.covered_from(), zone),
        "first_day": asked.first_day,
        "days": asked.days,
        "via": asked.via,
        "who": asked.who.value if asked.who else None,
        "search": asked.search,
        "phone": _phone(asked.search),
        "like": f"%{literal}%",
        "codes": list(readings(asked.search)),
        "limit": asked.limit,
    }


def _phone(typed: str) -> str | None:
    with suppress(ValueError):
        return normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION)
    return None


def _rows(text: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _figures(row: dict[str, Any] | None, point_value: Decimal) -> Figures:
    if row is None:
        return Figures()
    known = {name: row[name] for name in FIGURES if row.get(name) is not None}
    points = known.get("points", 0) + known.get("welcome_points", 0)
    return Figures(**known, points_cost=rounded(points * point_value))


def _label(group_by: GroupBy, group: str, label: str | None) -> str:
    if group_by is GroupBy.CHANNEL:
        return str(dict(Via.choices).get(group, group))
    if group_by not in TIMES:
        return label or _("customer no. %(id)s") % {"id": group[1:]}
    return time_label(group_by, date.fromisoformat(group))
