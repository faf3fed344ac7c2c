"""The ladder in words: what a tier brings, how far it is, what an edit changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import moment_text, money_text, number_text, percent_text
from tiers.models import DiscountStep, Ladder, Tier
from tiers.queries.edits import Edit, FieldEdit

MONEY = frozenset({"threshold_amount", "fee_amount"})
PERCENTS = frozenset({"cashback_percent", "discount_percent", "percent"})
DAYS = frozenset({"window_days", "grace_days"})
# What a card's and a plan's history says of keys is told by their pages.
FIELD_NAMES: dict[str, Any] = {
    "is_active": gettext_lazy("in use"),
    "blocked_at": gettext_lazy("blocked"),
    "tier": gettext_lazy("tier"),
    "customer": gettext_lazy("customer"),
}


@dataclass(frozen=True)
class ToldEdit:
    """An edit as people read it: `fields` are (of what, field, before, after)."""

    at: datetime
    who: str
    made: tuple[str, ...]
    removed: tuple[str, ...]
    fields: tuple[tuple[str, str, str, str], ...]


def told(edits: list[Edit], names: dict[tuple[str, Any], str] | None = None) -> list[ToldEdit]:
    """`names` say what a key of a field stands for: `{("tier", 3): "Gold"}`."""
    found = [
        ToldEdit(
            at=edit.at,
            who=edit.who,
            # The settings' row came with the shop: no news to a reader.
            made=tuple(row_name(row) for row in edit.made if not hasattr(row, "window_days")),
            removed=tuple(row_name(row) for row in edit.removed),
            fields=tuple(_told_field(field, names or {}) for field in edit.fields),
        )
        for edit in edits
    ]
    return [edit for edit in found if edit.made or edit.removed or edit.fields]


def row_name(row: Any) -> str:
    """A tier's name, a step's threshold; nothing for the settings, a card or a plan, of which a page shows one."""
    if hasattr(row, "threshold_orders"):
        return tier_name(row)
    if hasattr(row, "ladder"):
        start = _("from %(sum)s") % {"sum": money_text(row.threshold_amount)}
        return f"{DiscountStep.Ladder(row.ladder).label}, {start}"
    return ""


def tier_name(row: Any) -> str:
    """Of a tier or of an event of one, in the active language."""
    return row.name_en if row.name_en and not (get_language() or "ru").startswith("ru") else row.name


def threshold_text(tier: Tier, basis: str) -> str:
    """`from 15 000 ₽`, `from 5 orders`, `from the first day`."""
    value = tier.threshold_amount if basis == Ladder.Basis.SPEND else tier.threshold_orders
    if not value:
        return _("from the first day")
    if basis == Ladder.Basis.SPEND:
        return _("from %(sum)s") % {"sum": money_text(value)}
    return ngettext("from %(n)s order", "from %(n)s orders", int(value)) % {"n": number_text(value)}


def _told_field(edit: FieldEdit, names: dict[tuple[str, Any], str]) -> tuple[str, str, str, str]:
    name = str(FIELD_NAMES.get(edit.field, edit.label))
    values = [_told_value(edit.field, value, names) for value in (edit.before, edit.after)]
    return row_name(edit.row), name, *values


def _told_value(field: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return "—"
    if (field, value) in names:
        return names[field, value]
    if isinstance(value, datetime):
        return moment_text(value)
    if field == "basis":
        return str(Ladder.Basis(value).label)
    if field in MONEY:
        return money_text(value)
    if field in PERCENTS:
        return percent_text(value)
    return number_text(value) if isinstance(value, int | Decimal) else str(value)
