"""The state people see, derived and never stored (PC-14)."""

from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"

    @property
    def label(self) -> Promise:
        return STATE_LABELS[self]


STATE_LABELS: dict[State, Promise] = {
    State.DRAFT: pgettext_lazy("state of a code", "draft"),
    State.SCHEDULED: pgettext_lazy("state of a code", "scheduled"),
    State.ACTIVE: pgettext_lazy("state of a code", "active"),
    State.EXHAUSTED: pgettext_lazy("state of a code", "exhausted"),
    State.EXPIRED: pgettext_lazy("state of a code", "expired"),
    State.DEACTIVATED: pgettext_lazy("state of a code", "deactivated"),
}


def effective_switch(own: bool | None, batch: bool | None) -> bool | None:
    """A code follows its batch until it is turned on or off by itself."""
    return batch if own is None else own


def state_of(
    *,
    switch: bool | None,
    starts_at: datetime,
    ends_at: datetime,
    uses: int,
    max_uses: int | None,
    now: datetime,
) -> State:
    """`switch` is the effective one; the period is half-open. Expired wins over exhausted, as in `judge`."""
    if switch is None:
        return State.DRAFT
    if not switch:
        return State.DEACTIVATED
    if now >= ends_at:
        return State.EXPIRED
    if max_uses is not None and uses >= max_uses:
        return State.EXHAUSTED
    return State.ACTIVE if now >= starts_at else State.SCHEDULED
