"""Refusals of the ledger."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict, DomainError, NotFound
from loyalty_site.kernel.texts import number_text


class NotEnoughPoints(DomainError):
    """`extra["points_available"]` says how many there are (PT-7), `extra["points_spendable"]` how many of them may be
    spent: fewer where an order allows no more (Q-5), and then `field` names the wish.
    """

    code, status = "not_enough_points", 422
    title = _("Not enough points")
    message = _("There are fewer points than that.")

    def __init__(self, available: int, *, spendable: int | None = None, field: str | None = None) -> None:
        message = None if spendable is None else _most(spendable)
        most = available if spendable is None else spendable
        super().__init__(message, field=field, extra={"points_available": available, "points_spendable": most})


def _most(spendable: int) -> str:
    if not spendable:
        return gettext("Points cannot be spent on this order.")
    return ngettext(
        "At most %(points)s point can be spent on this order.",
        "At most %(points)s points can be spent on this order.",
        spendable,
    ) % {"points": number_text(spendable)}


class FactTaken(Conflict):
    """The same business fact was posted before with other inputs (PT-4)."""

    code = "idempotency_mismatch"
    message = _("This has been posted before with other values.")


class NothingEarned(NotFound):
    code = "nothing_earned"
    message = _("No points were earned for this.")


class NothingSpent(NotFound):
    code = "nothing_spent"
    message = _("No points were spent on this order.")


class MoreThanLeft(Conflict):
    """More than remains to be returned or taken back; `extra["points_left"]` says how much does."""

    code = "more_than_left"
    message = _("Fewer points than that are left to undo.")

    def __init__(self, left: int) -> None:
        super().__init__(extra={"points_left": left})


class NoSuchAction(NotFound):
    code = "unknown_action"
    message = _("There is no such action, or it earns nothing now.")


class ActionLimitReached(DomainError):
    code = "action_limit_reached"
    message = _("The customer has earned everything this action gives.")
