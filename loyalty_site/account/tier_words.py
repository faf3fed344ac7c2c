"""Tiers told to the customer: what one brings, the way to the next, how to keep the own (T-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import money_text, percent_text
from tiers.models import Tier
from tiers.queries import NextTier, StandingView
from tiers.rules import Basis


@dataclass(frozen=True)
class Way:
    """The way to a tier: `value` of `most`, in roubles or orders, and what is missing in words.

    `text` is empty when nothing is missing and the next review lifts the customer.
    """

    value: int
    most: int
    text: str
    name: str
    brings: Sequence[str]


def brings(tier: Tier, *, base_percent: Decimal) -> list[str]:
    """What a tier gives, the points first."""
    rate = base_percent if tier.cashback_percent is None else tier.cashback_percent
    found = [_("cashback %(percent)s") % {"percent": percent_text(rate)}] if rate else []
    if tier.discount_percent:
        found.append(_("discount %(percent)s") % {"percent": percent_text(tier.discount_percent)})
    for is_given, text in (
        (tier.ships_free, _("free delivery")),
        (tier.has_manager, _("personal manager")),
        (tier.has_early_access, _("early access to closed sales")),
    ):
        if is_given:
            found.append(text)
    return found


def threshold_text(tier: Tier, *, by_orders: bool) -> str:
    """From when on a tier is reached."""
    if by_orders and tier.threshold_orders:
        count = tier.threshold_orders
        return ngettext("from %(count)d order", "from %(count)d orders", count) % {"count": count}
    if not by_orders and tier.threshold_amount:
        return _("from %(sum)s") % {"sum": money_text(tier.threshold_amount)}
    return _("from the first day")


def lack_text(ahead: NextTier) -> str:
    """What is missing: `3 200 ₽`, `2 заказа`."""
    if ahead.missing_orders is not None:
        return ngettext("%(count)d order", "%(count)d orders", ahead.missing_orders) % {"count": ahead.missing_orders}
    return money_text(ahead.missing_amount or Decimal(0))


def way_to_next(standing: StandingView, *, base_percent: Decimal) -> Way | None:
    """None on the top. Who deserves more already is told of that tier, and not of one that he passes by."""
    ahead = standing.rises_to or standing.next
    if ahead is None:
        return None
    by_orders = standing.basis == Basis.ORDERS
    most = ahead.tier.threshold_orders if by_orders else ahead.tier.threshold_amount
    return Way(
        value=int(standing.orders if by_orders else standing.spent),
        most=int(most or 0),
        text="" if standing.rises_to else lack_text(ahead),
        name=ahead.name,
        brings=brings(ahead.tier, base_percent=base_percent),
    )
