"""What was changed in a code, by whom and when (PC-19)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model

from customers.models import User
from promocodes.models import Batch, PromoCode

# Counters and keys: no news to a reader.
UNTOLD = frozenset({"id", "uses", "created_count", "finished_at", "created_at", "created_by", "terms"})


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, as stored; `label` is its name for people. `before` is None for a new thing."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One step of the history. `what` is `code`, `terms`, `batch` or `campaign`; `is_new` marks its making.

    `user_id` and `user` are the author, None and empty for the system or an integration.
    """

    at: datetime
    what: str
    is_new: bool
    user_id: int | None
    user: str
    action: str
    fields: tuple[FieldChange, ...]


def code_history(code: PromoCode) -> list[Change]:
    """Everything that happened to a code, its terms, its batch and its campaign, newest first; at most six queries."""
    batch_ids = list(Batch.objects.filter(terms_id=code.terms_id).values_list("pk", flat=True))
    own = list(_pairs("PromoCodeEvent", "code", code.pk))
    return _told(
        [
            *_steps("CampaignEvent", "campaign", [code.terms.campaign_id] if code.terms.campaign_id else []),
            *_terms_steps(code, own),
            *_steps("BatchEvent", "batch", batch_ids),
            *own,
        ]
    )


def batch_history(batch: Batch) -> list[Change]:
    """What happened to a batch and its terms, newest first."""
    return _told([*_steps("TermsEvent", "terms", [batch.terms_id]), *_steps("BatchEvent", "batch", [batch.pk])])


def last_editor_of_terms(terms_id: int) -> int | None:
    """The account that changed these terms last, None when nobody did."""
    events = apps.get_model("promocodes", "TermsEvent").objects.filter(pgh_obj_id=terms_id, pgh_label="update")
    user = events.order_by("-pgh_id").values_list("pgh_context__metadata__user", flat=True).first()
    return int(user) if user is not None else None


@dataclass(frozen=True)
class _Step:
    what: str
    event: Any
    before: Any | None


def _pairs(model: str, what: str, key: int) -> Iterator[_Step]:
    """A code keeps the row before each change and the row after it; both are written by the same statement."""
    rows = list(_events(model, [key]))
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        before, after = sorted((first, second), key=lambda row: row.pgh_label != "before")
        yield _Step(what, after, before)


def _steps(model: str, what: str, keys: Sequence[int]) -> Iterator[_Step]:
    """Terms, batches and campaigns keep every row they ever were, the first one included."""
    previous: dict[int, Any] = {}
    for event in _events(model, keys) if keys else ():
        yield _Step(what, event, previous.get(event.pgh_obj_id))
        previous[event.pgh_obj_id] = event


def _terms_steps(code: PromoCode, own: Sequence[_Step]) -> Iterator[_Step]:
    """Of all terms the code ever had, as if they were one: what was shared with other codes counts until it left."""
    had = [step.before.terms_id for step in own if step.before and step.before.terms_id != step.event.terms_id]
    keys = list(dict.fromkeys([*had, code.terms_id]))
    current, previous = 0, None
    for event in _events("TermsEvent", keys):
        place = keys.index(event.pgh_obj_id)
        if place < current:
            continue
        current = place
        yield _Step("terms", event, previous)
        previous = event


def _events(model: str, keys: Sequence[int]) -> Iterable[Any]:
    events: Any = apps.get_model("promocodes", model)
    return list(events.objects.filter(pgh_obj_id__in=keys).select_related("pgh_context").order_by("pgh_id"))


def _told(steps: list[_Step]) -> list[Change]:
    authors = _authors(steps)
    changes = [_change(step, authors) for step in steps]
    told = [change for change in changes if change.fields]
    # Turned round rather than sorted the other way: of changes at the same moment the later comes first too.
    return sorted(told, key=lambda change: change.at)[::-1]


def _change(step: _Step, authors: dict[int, str]) -> Change:
    metadata = _metadata(step.event)
    user_id = int(metadata["user"]) if metadata.get("user") else None
    return Change(
        at=step.event.pgh_created_at,
        what=step.what,
        is_new=step.before is None,
        user_id=user_id,
        user=authors.get(user_id or 0, ""),
        action=str(metadata.get("action", "")),
        fields=tuple(_field_changes(step.before, step.event)),
    )


def _field_changes(before: Model | None, after: Model) -> Iterator[FieldChange]:
    for field in after._meta.concrete_fields:
        if field.name in UNTOLD or field.name.startswith("pgh_"):
            continue
        old = getattr(before, field.attname) if before else None
        new = getattr(after, field.attname)
        if old != new:
            yield FieldChange(field.name, str(field.verbose_name), old, new)


def _authors(steps: list[_Step]) -> dict[int, str]:
    keys = {int(user) for step in steps if (user := _metadata(step.event).get("user"))}
    users = User.objects.filter(pk__in=keys) if keys else User.objects.none()
    return {user.pk: user.get_full_name() or user.email for user in users}


def _metadata(event: Any) -> dict[str, Any]:
    return (event.pgh_context.metadata or {}) if event.pgh_context else {}
