"""What customers are written about their points (PT-6)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from loyalty_site.kernel.texts import day_text, points_text
from notifications.queries import site_address
from notifications.rules import Button, Letter
from points.queries import gift_of, living_lots
from points.rules.occasions import OccasionKind


def points_expiring(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """With what is left of them now; None when all of it has been spent. One query."""
    day = date.fromisoformat(payload["expires_on"])
    left = sum(lot.remaining for lot in living_lots(customer.pk, now=now) if _last_day(lot.expires_at) == day)
    if not left:
        return None
    told = {"points": points_text(left), "day": day_text(day)}
    return Letter(
        subject=_("Your points expire: %(points)s, the last day is %(day)s") % told,
        heading=_("Do not lose your points"),
        paragraphs=(
            _("Some of the points on your account expire soon. Pay a part of an order with them while they last."),
        ),
        facts=((_("Expire"), told["points"]), (_("Last day"), told["day"])),
        button=Button(_("See my points"), site_address("account:points")),
    )


def holiday_bonus(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """Of a birthday or a holiday, in the words of staff where they wrote some; None when nothing of it is left.

    What staff wrote stays plain text. One query.
    """
    gift = gift_of(customer.pk, occasion_id=payload["occasion"], year=payload["year"])
    if gift is None or not gift.lot.remaining or gift.lot.expires_at <= now:
        return None
    occasion, is_birthday = gift.occasion, gift.occasion.kind == OccasionKind.BIRTHDAY
    usual = _("Happy birthday!") if is_birthday else _("A gift for the holiday")
    heading = occasion.subject or usual
    points = points_text(gift.amount)
    said = (
        _("We have put points on your account as a birthday gift. Pay a part of your next order with them.")
        if is_birthday
        else _("We have put points on your account as a gift. Pay a part of your next order with them.")
    )
    return Letter(
        subject=_("%(heading)s %(points)s on your account") % {"heading": _sentence(heading), "points": points},
        heading=heading,
        paragraphs=(*_paragraphs(occasion.greeting), said),
        facts=(
            (_("For what"), occasion.name),
            (_("You have got"), points),
            (_("Last day"), day_text(_last_day(gift.lot.expires_at))),
        ),
        button=Button(_("See my points"), site_address("account:points")),
    )


def _sentence(text: str) -> str:
    """With an end, so that another sentence may follow."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _paragraphs(text: str) -> tuple[str, ...]:
    """Lines of staff's own, empty ones left out."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _last_day(end: datetime) -> date:
    return timezone.localdate(end - timedelta(microseconds=1))
