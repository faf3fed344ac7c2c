"""The history of a code: who changed what, when, from what to what (PC-19). Read from the audit trail."""

from collections.abc import Iterable, Mapping
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
        # A code's own events begin with its first change: before it stood what a new code has.
        before = None if model != "PromoCodeEvent" else {"switch": None, "max_uses": _first_limit(rows, code)}
        found += list(_changes(rows, fields, before))
    users = {user for _at, user, _change in found if user}
    people = dict(User.objects.filter(pk__in=users).values_list("pk", "email"))
    named = [
        Change(change.at, people.get(user or 0, ""), change.is_creation, change.fields) for _at, user, change in found
    ]
    return sorted(named, key=lambda change: change.at, reverse=True)


def _events(model: str, pk: int) -> Iterable[Any]:
    events = apps.get_model("promocodes", model).objects.filter(pgh_obj_id=pk).order_by("pgh_id")
    return events.select_related("pgh_context")


def _changes(
    rows: Iterable[Any], fields: tuple[str, ...], before: Mapping[str, Any] | None
) -> Iterable[tuple[datetime, int | None, Change]]:
    for row in rows:
        after = {field: getattr(row, field) for field in fields}
        user = (row.pgh_context.metadata or {}).get("user") if row.pgh_context else None
        old = before or after
        changed = tuple((field, old[field], after[field]) for field in fields if old[field] != after[field])
        if before is None or changed:
            yield row.pgh_created_at, user, Change(row.pgh_created_at, "", before is None, changed)
        before = after


def _first_limit(rows: list[Any], code: PromoCode) -> int | None:
    """What the limit was before the first change kept: unknown, so taken to be what the change left."""
    return rows[0].max_uses if rows else code.max_uses
