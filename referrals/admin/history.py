"""Who changed the terms of an ambassador, and what became of what (S-1)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer, User
from loyalty_site.kernel.texts import number_text
from referrals.models import Ambassador

SHOWN = 50
UNTOLD = frozenset({"id", "created_at"})


@dataclass(frozen=True)
class ToldEdit:
    """`fields` are names with what was and what is, in words; none for the making."""

    at: datetime
    who: str
    is_new: bool
    fields: tuple[tuple[str, str, str], ...]


def told_edits(ambassador: Ambassador) -> list[ToldEdit]:
    """The newest first. At most three queries."""
    events = list(_events(ambassador))
    authors = User.objects.in_bulk({key for event in events if (key := _author(event))})
    customers = Customer.objects.in_bulk({event.customer_id for event in events if event.customer_id})
    told = []
    for before, event in zip([None, *events], events, strict=False):
        author = authors.get(_author(event) or 0)
        who = (author.get_full_name() or author.email) if author else ""
        told.append(ToldEdit(event.pgh_created_at, who, before is None, tuple(_fields(before, event, customers))))
    return [edit for edit in reversed(told) if edit.is_new or edit.fields][:SHOWN]


def _events(ambassador: Ambassador) -> Any:
    model: Any = Ambassador.pgh_event_model  # type: ignore[attr-defined]
    return model.objects.filter(pgh_obj=ambassador.pk).select_related("pgh_context").order_by("pgh_id")


def _author(event: Any) -> int | None:
    user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
    return int(user) if user is not None and str(user).isdecimal() else None


def _fields(before: Any, after: Any, customers: dict[int, Customer]) -> Any:
    if before is None:
        return
    for field in after._meta.concrete_fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new and field.name not in UNTOLD and not field.name.startswith("pgh_"):
            yield str(field.verbose_name), _told(field, old, customers), _told(field, new, customers)


def _told(field: Any, value: Any, customers: dict[int, Customer]) -> str:
    if value is None or value == "":
        return "—"
    if field.name == "customer":
        return str(customers.get(value, f"№{value}"))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.choices).get(value, value))
    return number_text(value) if isinstance(value, int | Decimal) else str(value)
