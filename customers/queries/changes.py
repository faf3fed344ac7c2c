"""Changes of a customer's details, what was before beside what came, and who did it (CU-10)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer, User
from customers.queries.authors import authors
from loyalty_site.kernel.texts import day_text
from loyalty_site.kernel.timeline import Told

EVENTS: Any = Customer.pgh_event_model  # type: ignore[attr-defined]
SHOWN = ("first_name", "last_name", "email", "phone", "birthday", "external_id", "manager_id")


def changes_told(keys: Sequence[int]) -> dict[int, Told]:
    """Rows after a change by their keys; the row before lies in the history right before it. At most five queries."""
    after = list(EVENTS.objects.filter(pk__in=keys))
    earlier = _before(after)
    who, managers = authors(row.pgh_context_id for row in after), _managers([*after, *earlier.values()])
    return {
        row.pk: Told(
            text=_("Merged into another customer") if row.merged_into_id else _("Details changed"),
            detail="; ".join(_differences(earlier.get(row.pk), row, managers)),
            by=who.get(row.pgh_context_id, ""),
        )
        for row in after
    }


def _before(after: Sequence[Any]) -> dict[int, Any]:
    """One statement writes both rows at one moment; of several, the last one below belongs to the row after."""
    if not after:
        return {}
    moments = {row.pgh_created_at for row in after}
    whose = {row.pgh_obj_id for row in after}
    rows = list(EVENTS.objects.filter(pgh_obj__in=whose, pgh_label="before", pgh_created_at__in=moments))
    found: dict[int, Any] = {}
    for row in after:
        lower = [one for one in rows if one.pgh_obj_id == row.pgh_obj_id and one.pgh_id < row.pgh_id]
        found[row.pk] = max(lower, key=lambda one: one.pgh_id, default=None)
    return found


def _differences(before: Any, after: Any, managers: dict[int, str]) -> list[str]:
    """`E-mail: old → new`; without the row before nothing can be said."""
    if before is None:
        return []
    changed = [name for name in SHOWN if getattr(before, name) != getattr(after, name)]
    return [f"{_name(name)}: {_value(name, before, managers)} → {_value(name, after, managers)}" for name in changed]


def _name(field: str) -> str:
    model_field: Any = Customer._meta.get_field(field.removesuffix("_id") if field == "manager_id" else field)
    name = str(model_field.verbose_name)
    return name[:1].upper() + name[1:]


def _value(field: str, row: Any, managers: dict[int, str]) -> str:
    value = getattr(row, field)
    if not value:
        return "—"
    if field == "manager_id":
        return managers.get(value, "—")
    return day_text(value) if field == "birthday" else str(value)


def _managers(rows: Sequence[Any]) -> dict[int, str]:
    keys = {row.manager_id for row in rows if row and row.manager_id}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=keys)} if keys else {}
