"""The history of a code: who changed what, when, from what to what (PC-19). Read from the audit trail."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from customers.models import User
from promocodes.models import PromoCode

# What a change is told by. Counters and keys say nothing to people.
TERMS_FIELDS = (
    "type",
    "value",
    "categories",
    "required_categories",
    "minimum_order",
    "starts_at",
    "ends_at",
    "max_uses_per_customer",
    "first_order_only",
    "segment",
    "campaign_id",
)
CODE_FIELDS = ("switch", "max_uses")


@dataclass(frozen=True)
class Change:
    """`fields` holds (field, before, after), none when it was made. `who` is an e-mail, empty for the system."""

    at: datetime
    who: str
    is_creation: bool
    fields: tuple[tuple[str, Any, Any], ...]


def code_changes(code: PromoCode) -> list[Change]:
    """The newest first. The switch of a batch counts as the code's while the code follows it. Five queries at most."""
    sources = [("TermsEvent", TERMS_FIELDS, code.terms_id), ("PromoCodeEvent", CODE_FIELDS, code.pk)]
    batch = getattr(code.terms, "batch", None)
    if batch is not None:
        sources.append(("BatchEvent", CODE_FIELDS, batch.pk))
    found: list[tuple[datetime, int | None, Change]] = []
    for model, fields, pk in sources:
        rows = list(_events(model, pk))
        found += list(_code_changes(rows, fields) if model == "PromoCodeEvent" else _changes(rows, fields))
    users = {user for _at, user, _change in found if user}
    people = dict(User.objects.filter(pk__in=users).values_list("pk", "email"))
    named = [
        Change(change.at, people.get(user or 0, ""), change.is_creation, change.fields) for _at, user, change in found
    ]
    return sorted(named, key=lambda change: change.at, reverse=True)


def _events(model: str, pk: int) -> Iterable[Any]:
    events = apps.get_model("promocodes", model).objects.filter(pgh_obj_id=pk).order_by("pgh_id")
    return events.select_related("pgh_context")


def _changes(rows: list[Any], fields: tuple[str, ...]) -> Iterator[tuple[datetime, int | None, Change]]:
    """The first event is the making; each later one is told against the one before it."""
    for index, row in enumerate(rows):
        changed = _differences(rows[index - 1], row, fields) if index else ()
        if changed or not index:
            yield row.pgh_created_at, _user(row), Change(row.pgh_created_at, "", not index, changed)


def _code_changes(rows: list[Any], fields: tuple[str, ...]) -> Iterator[tuple[datetime, int | None, Change]]:
    """A code's making is not kept, for a million are made at once; every change of it is, as two rows: before and after."""
    befores = [row for row in rows if row.pgh_label == "before"]
    afters = [row for row in rows if row.pgh_label == "after"]
    for before, after in zip(befores, afters, strict=False):
        if changed := _differences(before, after, fields):
            yield after.pgh_created_at, _user(after), Change(after.pgh_created_at, "", False, changed)


def _differences(before: Any, after: Any, fields: tuple[str, ...]) -> tuple[tuple[str, Any, Any], ...]:
    pairs = ((field, getattr(before, field), getattr(after, field)) for field in fields)
    return tuple((field, old, new) for field, old, new in pairs if old != new)


def _user(row: Any) -> int | None:
    return (row.pgh_context.metadata or {}).get("user") if row.pgh_context else None
