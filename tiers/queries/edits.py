"""Who changed the ladder, the discount steps, a card or a plan, and what became of what (S-1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from customers.models import User

LADDER = ("LadderEvent", "TierEvent")
STEPS = ("DiscountStepEvent",)
SHOWN = 50
# What the reviews need and no reader.
UNTOLD = frozenset({"id", "changed_at"})


@dataclass(frozen=True)
class FieldEdit:
    """One field of one row before and after, as stored. `row` is the row as it became."""

    row: Any
    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Edit:
    """What one person changed in one go. `who` is empty for the system and integrations.

    `made` and `removed` are the rows that came and went.
    """

    at: datetime
    who: str
    action: str
    made: tuple[Any, ...]
    removed: tuple[Any, ...]
    fields: tuple[FieldEdit, ...]


def edits(*event_models: str, obj_id: int | None = None) -> list[Edit]:
    """The last edits kept in these tables of events, newest first; of one object when `obj_id` is given."""
    rows = [row for model in event_models for row in _events(model, obj_id)]
    rows.sort(key=lambda row: row[1].pgh_created_at)
    authors = _authors(event for _before, event in rows)
    goes: dict[tuple[Any, Any], list[Row]] = {}
    for before, event in rows:
        goes.setdefault((event.pgh_created_at, event.pgh_context_id), []).append((before, event))
    told = [_edit(_merged(group), authors) for group in goes.values()]
    return [edit for edit in told if edit.made or edit.removed or edit.fields][::-1][:SHOWN]


Row = tuple[Any | None, Any]


def _events(model: str, obj_id: int | None) -> Iterator[Row]:
    """Each event with the row as it was before it."""
    events: Any = apps.get_model("tiers", model).objects.select_related("pgh_context").order_by("pgh_id")
    previous: dict[int, Any] = {}
    for event in events if obj_id is None else events.filter(pgh_obj_id=obj_id):
        yield previous.get(event.id), event
        previous[event.id] = event


def _merged(rows: Iterable[Row]) -> list[Row]:
    """One row for each object: tiers that change places are written more than once in one saving."""
    merged: dict[tuple[type, int], Row] = {}
    for before, event in rows:
        key = (type(event), event.id)
        merged[key] = (merged[key][0] if key in merged else before, event)
    return list(merged.values())


def _edit(rows: list[Row], authors: dict[int, str]) -> Edit:
    first = rows[0][1]
    kept = [(before, event) for before, event in rows if event.pgh_label != "delete"]
    return Edit(
        at=first.pgh_created_at,
        who=authors.get(_author(first) or 0, ""),
        action=str(_metadata(first).get("action", "")),
        made=tuple(event for before, event in kept if before is None),
        removed=tuple(event for _before, event in rows if event.pgh_label == "delete"),
        fields=tuple(edit for before, event in kept if before is not None for edit in _fields(before, event)),
    )


def _fields(before: Any, after: Any) -> Iterator[FieldEdit]:
    for field in after._meta.concrete_fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new and field.name not in UNTOLD and not field.name.startswith("pgh_"):
            yield FieldEdit(after, field.name, str(field.verbose_name), old, new)


def _authors(events: Iterable[Any]) -> dict[int, str]:
    keys = {author for event in events if (author := _author(event))}
    users = User.objects.filter(pk__in=keys) if keys else User.objects.none()
    return {user.pk: user.get_full_name() or user.email for user in users}


def _author(event: Any) -> int | None:
    user = _metadata(event).get("user")
    return int(user) if user is not None and str(user).isdecimal() else None


def _metadata(event: Any) -> dict[str, Any]:
    return (event.pgh_context.metadata or {}) if event.pgh_context else {}
