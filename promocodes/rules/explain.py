"""The one sentence that customer, support and API see for a refusal, with the way to mend it (Q-8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_site.kernel.texts import day_text, moment_text, money_text
from promocodes.rules.facts import Reason

CHECK_LABELS: dict[str, Promise] = {
    "known": gettext_lazy("the code exists and is switched on"),
    "started": gettext_lazy("its period has begun"),
    "not_ended": gettext_lazy("its period is not over"),
    "uses_left": gettext_lazy("it has uses left"),
    "customer_uses_left": gettext_lazy("the customer has uses left"),
    "first_order": gettext_lazy("this is the customer's first order"),
    "owner": gettext_lazy("the code belongs to this customer"),
    "segment": gettext_lazy("the customer is in the segment"),
    "tier": gettext_lazy("the customer has reached the tier"),
    "matching_items": gettext_lazy("the basket holds the goods it is for"),
    "minimum": gettext_lazy("the goods reach the minimum"),
    "budget_left": gettext_lazy("the campaign has budget left"),
}


def explain(
    reason: Reason,
    *,
    missing_amount: Decimal | None = None,
    available_from: datetime | None = None,
    ended_at: datetime | None = None,
    held_by_order: str | None = None,
    category_names: Sequence[str] = (),
    limit: int = 1,
    tier_name: str = "",
    is_personal: bool = False,
) -> str:
    """One sentence in the active language. `ended_at` is the exclusive end; `limit` the uses one customer has."""
    match reason:
        case Reason.NOT_STARTED if available_from:
            return _("The code works from %(day)s.") % {"day": _moment(available_from)}
        case Reason.EXPIRED if ended_at:
            return _("The code expired on %(day)s.") % {"day": day_text(ended_at - timedelta(microseconds=1))}
        case Reason.BELOW_MINIMUM if missing_amount:
            return _("Add goods for another %(amount)s.") % {"amount": money_text(missing_amount)}
        case Reason.HELD_BY_OWN_ORDER if held_by_order:
            return _(
                "Your unpaid order No. %(number)s holds this code. Pay for it, or move the code to this order."
            ) % {"number": held_by_order}
        case Reason.NO_MATCHING_ITEMS if category_names:
            return _("Add something from %(categories)s.") % {"categories": _quoted(category_names)}
        case Reason.CUSTOMER_LIMIT if limit > 1:
            return ngettext(
                "You have already used this code %(count)d time, which is its limit.",
                "You have already used this code %(count)d times, which is its limit.",
                limit,
            ) % {"count": limit}
        case Reason.NOT_FOR_CUSTOMER if tier_name or is_personal:
            return _for_whom(tier_name)
    return str(SENTENCES[reason])


SENTENCES: dict[Reason, Promise] = {
    Reason.NOT_FOUND: gettext_lazy("There is no such promo code. Please check the spelling."),
    Reason.NOT_STARTED: gettext_lazy("The code does not work yet."),
    Reason.EXPIRED: gettext_lazy("The code has expired."),
    Reason.EXHAUSTED: gettext_lazy("All uses of this code have been taken."),
    Reason.CUSTOMER_LIMIT: gettext_lazy("You have already used this code."),
    Reason.FIRST_ORDER_ONLY: gettext_lazy("The code is for a first order only."),
    Reason.NOT_FOR_CUSTOMER: gettext_lazy("The code is meant for another group of customers."),
    Reason.BELOW_MINIMUM: gettext_lazy("The goods do not reach the code's minimum."),
    Reason.NO_MATCHING_ITEMS: gettext_lazy("There is nothing in the basket that the code is for."),
    Reason.BUDGET_SPENT: gettext_lazy("The offer is over: its budget has been spent."),
    Reason.HELD_BY_OWN_ORDER: gettext_lazy("Your own unpaid order holds this code."),
    Reason.TOO_MANY_ATTEMPTS: gettext_lazy("Too many wrong codes. Please try again later."),
}


def _for_whom(tier_name: str) -> str:
    if tier_name:
        return _("The code is for the tier “%(name)s” and above.") % {"name": tier_name}
    return _("The code is personal: sign in as the customer it was given to.")


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return day_text(local) if (local.hour, local.minute) == (0, 0) else moment_text(local)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(_("“%(name)s”") % {"name": name} for name in names)
