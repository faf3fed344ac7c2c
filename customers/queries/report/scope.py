"""Which purchases a report looks at, as SQL: kept ones of known customers, within the filter."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from customers.queries.members import members
from customers.queries.report.shapes import ReportFilter
from customers.queries.rfm_figures import KEPT

KNOWN = f"p.customer_id IS NOT NULL AND {KEPT}"


def scope(asked: ReportFilter) -> tuple[str, dict[str, Any]]:
    """The condition on `customers_purchase p`, with the parameters of every statement here."""
    condition, zone = KNOWN, timezone.get_default_timezone()
    params: dict[str, Any] = {
        "zone": str(zone),
        "start": day_start(asked.first_day),
        "end": day_start(asked.last_day + timedelta(days=1)),
    }
    if asked.channel:
        condition += " AND p.channel = %(channel)s"
        params["channel"] = asked.channel
    if asked.segment is not None:
        chosen, values = members(asked.segment).values("pk").query.sql_with_params()
        named = {f"member{place}": value for place, value in enumerate(values)}
        condition += f" AND p.customer_id IN ({chosen % tuple(f'%({name})s' for name in named)})"
        params |= named
    return condition, params


def day_start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
