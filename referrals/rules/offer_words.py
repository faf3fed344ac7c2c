"""What a reward is, in words that follow «вы получите»: «300 баллов», «промокод на 500 ₽»."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import money_text, number_text, percent_text, points_text


@dataclass(frozen=True)
class Promise:
    """`kind` of a reward with its `amount` (points, roubles, percent off); `is_percent`: of the goods of an order.

    `period_days` is given where every order of that many days after registration earns.
    """

    kind: str
    amount: Decimal
    is_percent: bool = False
    period_days: int | None = None


def promise_text(promise: Promise) -> str:
    """A noun with its amount, in the reader's language; empty when nothing is promised."""
    if not promise.amount:
        return ""
    if promise.period_days is None:
        return _gift(promise)
    days = ngettext("%(count)s day", "%(count)s days", promise.period_days) % {
        "count": number_text(promise.period_days)
    }
    if not promise.is_percent:
        return _("%(reward)s for every order of the first %(days)s") % {"reward": _gift(promise), "days": days}
    rate = {"percent": percent_text(promise.amount), "days": days}
    if promise.kind == "points":
        return _("%(percent)s of every order of the first %(days)s in points") % rate
    return _("%(percent)s of every order of the first %(days)s") % rate


def _gift(promise: Promise) -> str:
    if promise.is_percent:
        percent = {"percent": percent_text(promise.amount)}
        if promise.kind == "points":
            return _("%(percent)s of the order in points") % percent
        return _("%(percent)s of the order") % percent
    if promise.kind == "points":
        return points_text(int(promise.amount))
    if promise.kind == "money":
        return money_text(promise.amount)
    if promise.kind == "percent_code":
        return _("a promo code for %(percent)s off") % {"percent": percent_text(promise.amount)}
    return _("a promo code for %(amount)s") % {"amount": money_text(promise.amount)}
