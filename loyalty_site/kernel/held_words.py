"""A value of what is held as people read it (CU-4)."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from loyalty_site.kernel.held import Column, Kind
from loyalty_site.kernel.texts import day_text, moment_text, money_text, number_text

# How the ledger and the history of purchases name an order.
ORDER = re.compile(r"order:(\d+)", re.ASCII)


def said(column: Column, value: Any) -> str:
    """A value for people: codes in words, sums, numbers and moments as the reader writes them."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, str | int) and value in column.choices:
        return str(column.choices[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{key}: {said(TEXT, item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(said(TEXT, item) for item in value)
    return _of_kind(column.kind, value)


def _of_kind(kind: Kind, value: Any) -> str:
    match kind:
        case Kind.MOMENT:
            return moment_text(datetime.fromisoformat(value))
        case Kind.DAY:
            return day_text(date.fromisoformat(value))
        case Kind.MONEY:
            return money_text(Decimal(value))
        case Kind.NUMBER:
            return number_text(Decimal(value))
    text = str(value)
    order = ORDER.fullmatch(text)
    return f"№ {order[1]}" if order else text


TEXT = Column("")
