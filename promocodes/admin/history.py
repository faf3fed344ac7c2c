"""Changes of a code in words: fields by their names, values as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from loyalty_site.kernel.texts import moment_text, money_text, number_text
from promocodes.admin.ports import named
from promocodes.models import Campaign, CodeType, PromoCode
from promocodes.queries import Change, code_history
from promocodes.rules.summary import listed

FIELD_NAMES: dict[str, Any] = {
    "type": gettext_lazy("type"),
    "value": gettext_lazy("value"),
    "categories": gettext_lazy("on which goods"),
    "required_categories": gettext_lazy("required goods"),
    "minimum_order": gettext_lazy("order from"),
    "starts_at": gettext_lazy("start"),
    "ends_at": gettext_lazy("end"),
    "max_uses": gettext_lazy("uses in all"),
    "max_uses_per_customer": gettext_lazy("uses per customer"),
    "first_order_only": gettext_lazy("only on the first order"),
    "segment": gettext_lazy("segment"),
    "tier": gettext_lazy("tier"),
    "customer": gettext_lazy("for the customer"),
    "campaign": gettext_lazy("campaign"),
    "switch": gettext_lazy("switch"),
}

# What keys are called, for each field that holds one.
_Known = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class ToldChange:
    at: datetime
    who: str
    is_creation: bool
    fields: tuple[tuple[str, str, str], ...]


def told_changes(
    code: PromoCode, names: Mapping[str, str], segments: Mapping[str, str], tiers: Mapping[str, str]
) -> list[ToldChange]:
    """Changes of the code itself, its terms and its batch; a campaign's own history is on its page."""
    changes = _with_one_beginning([change for change in code_history(code) if change.what != "campaign"])
    known = {
        "categories": names,
        "required_categories": names,
        "segment": segments,
        "tier": tiers,
        "campaign": _campaign_names(changes),
        "customer": _customer_names(changes),
    }

    def tell(field: str, value: Any) -> str:
        return _told(field, value, known)

    return [
        ToldChange(
            change.at,
            change.user,
            change.is_new,
            ()
            if change.is_new
            else tuple(
                (str(FIELD_NAMES.get(one.field, one.label)), tell(one.field, one.before), tell(one.field, one.after))
                for one in change.fields
            ),
        )
        for change in changes
    ]


def _with_one_beginning(changes: list[Change]) -> list[Change]:
    """A code, its terms and its batch are made together; a reader needs one line for it, the earliest."""
    first = next((change for change in reversed(changes) if change.is_new), None)
    return [change for change in changes if not change.is_new or change is first]


def _customer_names(changes: list[Change]) -> dict[int, str]:
    ids = _keys(changes, "customer")
    return {owner.pk: str(owner) for owner in Customer.objects.filter(pk__in=ids)} if ids else {}


def _keys(changes: list[Change], field: str) -> set[int]:
    both = ((one.before, one.after) for change in changes for one in change.fields if one.field == field)
    return {value for pair in both for value in pair} - {None}


def _campaign_names(changes: list[Change]) -> dict[int, str]:
    ids = _keys(changes, "campaign")
    return dict(Campaign.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _told(field: str, value: Any, known: _Known) -> str:
    if field == "switch":
        return {True: _("activated"), False: _("deactivated"), None: _("draft")}[value]
    if field == "first_order_only":
        return _("yes") if value else _("no")
    if value is None or value in ([], ""):
        return "—"
    return _told_value(field, value, known)


def _told_value(field: str, value: Any, known: _Known) -> str:
    match field:
        case "type":
            return str(CodeType(value).label)
        case "categories" | "required_categories":
            return listed(named(value, known[field]))
        case "starts_at" | "ends_at":
            return moment_text(value)
        case "minimum_order":
            return money_text(value)
        case "segment" | "tier" | "campaign" | "customer":
            return known[field].get(value, f"№{value}" if isinstance(value, int) else value)
        case "value" | "max_uses" | "max_uses_per_customer":
            return number_text(value)
        case _:
            return str(value)
