"""The audit trail: every change kept by the database's triggers, with who made it (S-1). Nobody can edit it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pghistory.models import Event

from customers.models import User
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.keys import key_of

PAGE = 50
# Columns that every event repeats and that tell nothing about the change.
SILENT = frozenset({"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context", "created_at"})

ACTIONS = {
    "create": gettext_lazy("created"),
    "edit": gettext_lazy("edited"),
    "activate": gettext_lazy("activated"),
    "deactivate": gettext_lazy("deactivated"),
    "insert": gettext_lazy("created"),
    "update": gettext_lazy("changed"),
}


@staff_page("pghistory.view_context")
def trail(request: HttpRequest) -> HttpResponse:
    """The newest first; `?before=` goes back in time, `?kind=` keeps one kind of object, `?who=` one person."""
    kinds = dict(_kinds())
    kind, before = request.GET.get("kind", ""), _moment(request.GET.get("before", ""))
    who = request.GET.get("who", "")
    chosen = {kind: kinds[kind]} if kind in kinds else kinds
    rows = sorted(_newest(chosen.values(), before, who), key=lambda event: event.pgh_created_at, reverse=True)[:PAGE]
    people = _people(rows)
    return page(
        request,
        "backoffice/audit.html",
        title=_("Audit trail"),
        events=[_told(event, people) for event in rows],
        kinds=[(label, _tracked(model)._meta.verbose_name) for label, model in kinds.items()],
        kind=kind,
        who=who,
        staff=User.objects.filter(is_staff=True).order_by("email")[:200],
        older=rows[-1].pgh_created_at.isoformat() if len(rows) == PAGE else "",
    )


def _kinds() -> Iterator[tuple[str, type[Model]]]:
    for model in apps.get_models():
        if issubclass(model, Event) and not model._meta.abstract and hasattr(model, "pgh_obj"):
            yield model._meta.label_lower, model


def _newest(models: Any, before: datetime | None, who: str) -> Iterator[Any]:
    """The newest of each kind are enough to find the newest of all; each is one indexed query."""
    for model in models:
        # A code keeps the row before a change too; the row after it tells enough here.
        events = model.objects.exclude(pgh_label="before").select_related("pgh_context").order_by("-pgh_id")
        if before:
            events = events.filter(pgh_created_at__lt=before)
        if user := key_of(who):
            events = events.filter(pgh_context__metadata__user=user)
        yield from events[:PAGE]


def _people(events: list[Any]) -> dict[int, str]:
    ids = {user for event in events if (user := _user(event))}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "email"))


def _user(event: Any) -> int | None:
    user = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
    return int(user) if isinstance(user, int) or str(user or "").isdecimal() else None


def _told(event: Any, people: dict[int, str]) -> dict[str, Any]:
    tracked = _tracked(type(event))
    context = (event.pgh_context.metadata or {}) if event.pgh_context else {}
    action = context.get("action") or event.pgh_label
    fields = [
        (field.verbose_name, getattr(event, field.attname)) for field in event._meta.fields if field.name not in SILENT
    ]
    return {
        "at": event.pgh_created_at,
        "who": people.get(_user(event) or 0, ""),
        "what": tracked._meta.verbose_name,
        "key": event.pgh_obj_id,
        "action": ACTIONS.get(action, action),
        "fields": [(name, value) for name, value in fields if value not in (None, "", [])],
    }


def _tracked(event_model: Any) -> Any:
    return event_model._meta.get_field("pgh_obj").related_model


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
