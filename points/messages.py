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
from points.queries import living_lots


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


def _last_day(end: datetime) -> date:
    return timezone.localdate(end - timedelta(microseconds=1))
