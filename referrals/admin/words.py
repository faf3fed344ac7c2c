"""How referrals are told to staff: what was promised, what was earned, how it stands."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import money_text, number_text, percent_text, points_text
from referrals.models import Ambassador, Referral, Reward
from referrals.rules.offer_words import Promise, promise_text

COLOURS = {
    "pending": "info",
    "held": "warn",
    "paid": "good",
    "cancelled": "mute",
    "rejected": "bad",
    "taken_back": "warn",
    "registered": "mute",
    "ordered": "info",
}


# Of a reward; an order in the same state is called otherwise in some languages.
REWARD_STATES = {
    "pending": pgettext_lazy("reward", "waits"),
    "held": pgettext_lazy("reward", "under review"),
    "paid": pgettext_lazy("reward", "paid"),
    "cancelled": pgettext_lazy("reward", "cancelled by a refund"),
    "rejected": pgettext_lazy("reward", "refused"),
    "taken_back": pgettext_lazy("reward", "taken back"),
}
REFERRAL_STATES = {
    "pending": gettext_lazy("a reward waits"),
    "held": gettext_lazy("a reward is under review"),
    "paid": gettext_lazy("a reward is paid"),
    "cancelled": gettext_lazy("a reward was cancelled by a refund"),
    "rejected": gettext_lazy("a reward was refused"),
    "taken_back": gettext_lazy("a reward was taken back"),
}


def reward_text(kind: str, amount: Decimal) -> str:
    """`300 points`, `a promo code for 500 ₽`, `100 ₽`."""
    return promise_text(Promise(kind, amount)) or number_text(amount)


def sum_text(kind: str, amount: Decimal) -> str:
    """A sum of an ambassador's earnings: points or money; percents of codes do not add up."""
    if kind == "points":
        return points_text(int(amount))
    return percent_text(amount) if kind == "percent_code" else money_text(amount)


def rate_text(ambassador: Ambassador) -> str:
    """`5% of every order of the first 90 days`."""
    is_percent = ambassador.rate_type == Ambassador.RateType.PERCENT
    days = ambassador.period_days if ambassador.every_order else None
    return promise_text(Promise(ambassador.paid_in, ambassador.rate, is_percent=is_percent, period_days=days))


def reward_badge(reward: Reward) -> SafeString:
    return badge(COLOURS[reward.status], REWARD_STATES[reward.status])


def state_badge(referral: Referral, status: str | None) -> SafeString:
    """By the reward that tells it; without one by whether there was an order."""
    if status:
        return badge(COLOURS[status], REFERRAL_STATES[status])
    if referral.first_ordered_at:
        return badge(COLOURS["ordered"], _("has ordered"))
    return badge(COLOURS["registered"], _("has registered"))


def customer_link(customer: Any) -> SafeString:
    address = reverse("admin:customers_customer_change", args=[customer.pk]) + "#referrals"
    return format_html('<a href="{}">{}</a>', address, customer)


def order_text(ref: str) -> str:
    """`№ 1042`, without a link: no query for it."""
    return f"№\N{NO-BREAK SPACE}{ref.removeprefix('order:')}" if ref else "—"


def terms_of(referral: Referral) -> list[tuple[str, str]]:
    """The terms of the day of registration, as pairs to list."""
    days = (referral.earns_until - referral.registered_at).days if referral.earns_until else None
    referrer = Promise(
        referral.referrer_kind, referral.referrer_amount, is_percent=referral.is_percent, period_days=days
    )
    newcomer = promise_text(Promise(referral.newcomer_kind, referral.newcomer_amount))
    if newcomer:
        newcomer += f", {at_text(referral.newcomer_at)}"
    return [
        (_("The referrer gets"), promise_text(referrer) or _("nothing")),
        (_("The newcomer gets"), newcomer or _("nothing")),
        (_("Rewards wait"), days_text(referral.hold_days)),
        (_("The first order counts from"), money_text(referral.minimum_order) if referral.minimum_order else "—"),
        (_("Friends of the referrer"), _limits_text(referral)),
    ]


def at_text(moment: str) -> str:
    return _("at registration") if moment == "registration" else _("after the first order")


def days_text(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number_text(days)}


def _limits_text(referral: Referral) -> str:
    shown = {"day": number_text(referral.day_limit), "month": number_text(referral.month_limit)}
    return _("at most %(day)s a day, %(month)s a month") % shown


def earnings_text(earnings: Iterable[Any], name: str) -> str:
    """`earned`, `waiting` … of all kinds of pay together, in one line."""
    sums = [sum_text(one.kind, getattr(one, name)) for one in earnings if getattr(one, name)]
    return " + ".join(sums) or "0"
