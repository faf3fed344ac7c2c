"""What customers are written about their tier and their membership (N-2, T-2, T-5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.queries import programme
from loyalty_site.kernel.texts import day_text, money_text, percent_text
from notifications.queries import site_address
from notifications.rules import Button, Letter
from tiers.models import Tier
from tiers.queries import ladder, memberships, standing
from tiers.queries.memberships import LIVE, UPCOMING
from tiers.queries.standing import NextTier


def tier_changed(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """None when he stands elsewhere by now: then that change has a letter of its own. At most seven queries."""
    stands = standing(customer.pk, now=now)
    if stands.code != payload["to"]:
        return None
    told = {"tier": stands.name}
    heading = _("Your tier is now “%(tier)s”") % told
    if _is_higher(stands.tier, payload["from"]):
        text = _("Your purchases have lifted you higher. From now on you have:")
    else:
        text = _("This is what it gives you:")
    return Letter(
        subject=heading,
        heading=heading,
        paragraphs=(text,),
        facts=_privileges(stands.tier),
        button=Button(_("About my tier"), site_address("account:tiers")),
    )


def tier_lapsing(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """With what is missing now; None when the tier is kept already, or another day was set. Four queries."""
    stands = standing(customer.pk, now=now)
    day = date.fromisoformat(payload["lapses_on"])
    if stands.code != payload["tier"] or stands.lapses_at is None or stands.lapses_to is None:
        return None
    if timezone.localdate(stands.lapses_at) != day:
        return None
    told = {"tier": stands.name, "day": day_text(day), "next": stands.lapses_to.shown_name}
    paragraphs = [
        _("On %(day)s the tier “%(tier)s” ends, and your tier will be “%(next)s”.") % told,
    ]
    if stands.to_keep is not None:
        paragraphs.append(_to_keep(stands.to_keep))
    return Letter(
        subject=_("Your tier “%(tier)s” ends on %(day)s") % told,
        heading=_("Your tier “%(tier)s” ends soon") % told,
        paragraphs=tuple(paragraphs),
        button=Button(_("About my tier"), site_address("account:tiers")),
    )


def membership_ending(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """None when it was renewed or given back meanwhile. One query."""
    day = date.fromisoformat(payload["ends_on"])
    paid = [
        m for m in memberships(customer.pk, now=now) if m.state in (LIVE, UPCOMING) and m.tier.code == payload["tier"]
    ]
    ending = next((m for m in paid if m.plan.code == payload["plan"] and _last_day(m.ends_at) == day), None)
    if ending is None or ending.paid_until > ending.ends_at:
        return None
    told = {"plan": ending.plan.name, "tier": ending.tier.shown_name, "day": day_text(day)}
    return Letter(
        subject=_("Your membership ends: %(day)s is the last day") % told,
        heading=_("Your membership ends soon"),
        paragraphs=(
            _("“%(plan)s” gives you the tier “%(tier)s” up to and including %(day)s. Renew it to keep what it brings.")
            % told,
        ),
        button=Button(_("Renew"), site_address("account:tiers")),
    )


def _is_higher(tier: Tier, before: str | None) -> bool:
    """Than the tier before, as the ladder is now; None was the lowest."""
    codes = [step.code for step in ladder().tiers]
    if before is None or tier.code not in codes or before not in codes:
        return True
    return codes.index(tier.code) > codes.index(before)


def _privileges(tier: Tier) -> tuple[tuple[str, str], ...]:
    base = programme().base_earn_percent
    rate = base if tier.cashback_percent is None else tier.cashback_percent
    found = [(_("Cashback in points"), percent_text(rate))]
    if tier.discount_percent:
        found.append((_("Discount"), percent_text(tier.discount_percent)))
    for is_given, name in (
        (tier.ships_free, _("Free delivery")),
        (tier.has_manager, _("Personal manager")),
        (tier.has_early_access, _("Early access to closed sales")),
    ):
        if is_given:
            found.append((name, _("yes")))
    return tuple(found)


def _to_keep(ahead: NextTier) -> str:
    if ahead.missing_orders is not None:
        count = ahead.missing_orders
        return ngettext(
            "To keep it, place %(count)d more order before that day.",
            "To keep it, place %(count)d more orders before that day.",
            count,
        ) % {"count": count}
    missing = money_text(ahead.missing_amount or Decimal(0))
    return _("To keep it, buy for %(missing)s more before that day.") % {"missing": missing}


def _last_day(end: datetime) -> date:
    return timezone.localdate(end - timedelta(microseconds=1))
