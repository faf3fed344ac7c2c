"""O-1: which action leads an order from which state to which. The one table of it."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import WrongState


class Action(StrEnum):
    PAY = "pay"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REFUND_PART = "refund_part"
    REFUND_REST = "refund_rest"
    CLAIM = "claim"


TRANSITIONS: dict[tuple[str, Action], str] = {
    ("new", Action.PAY): "paid",
    ("new", Action.CANCEL): "cancelled",
    ("new", Action.CLAIM): "new",
    ("paid", Action.COMPLETE): "completed",
    ("paid", Action.REFUND_PART): "partially_refunded",
    ("paid", Action.REFUND_REST): "refunded",
    ("completed", Action.REFUND_PART): "partially_refunded",
    ("completed", Action.REFUND_REST): "refunded",
    ("partially_refunded", Action.REFUND_PART): "partially_refunded",
    ("partially_refunded", Action.REFUND_REST): "refunded",
}

REFUSALS = {
    Action.PAY: _("Only an order that awaits payment can be paid."),
    Action.COMPLETE: _("Only a paid order can be completed."),
    Action.CANCEL: _("Only an order that awaits payment can be cancelled; a paid one is refunded."),
    Action.REFUND_PART: _("Only a paid order can be refunded."),
    Action.REFUND_REST: _("Only a paid order can be refunded."),
    Action.CLAIM: _("Only an order that awaits payment can be attached to an account."),
}


def next_status(status: str, action: Action) -> str:
    """The state after `action`. Raises WrongState with `extra["status"]` for anything not in the table."""
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise WrongState(REFUSALS[action], extra={"status": status})
    return after
