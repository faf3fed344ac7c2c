"""What customers are written about their orders (N-2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import points.queries
from customers.models import Customer
from loyalty_site.kernel.texts import day_text, points_text
from notifications.queries import site_address
from notifications.rules import Button, Letter
from orders.models import Order
from orders.services.rewards import earn_fact


def thank_you(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """For a payment; None when the order went back meanwhile. At most three queries."""
    order = Order.objects.filter(pk=payload["order"], customer=customer).first()
    if order is None or order.status not in _STANDS:
        return None
    # What came back in part has changed the points: the account says how many are left.
    is_whole = order.status != Order.Status.PARTIALLY_REFUNDED
    facts, notes = _earned(order, payload, now) if is_whole else ([], [])
    heading = _("Thank you for your first purchase!") if payload["is_first"] else _("Thank you for your purchase!")
    return Letter(
        subject=_("Thank you for order No. %(number)s") % {"number": order.number},
        heading=heading,
        paragraphs=(_("We have got the payment of order No. %(number)s.") % {"number": order.number}, *notes),
        facts=tuple(facts),
        button=Button(_("My orders"), site_address("account:orders")),
    )


_STANDS = (Order.Status.PAID, Order.Status.COMPLETED, Order.Status.PARTIALLY_REFUNDED)


def _earned(order: Order, payload: Mapping[str, Any], now: datetime) -> tuple[list[tuple[str, str]], list[str]]:
    facts = [
        (name, points_text(count))
        for name, count in (
            (_("Points for the order"), payload["points"]),
            (_("Bonus for the first purchase"), payload["bonus"]),
        )
        if count
    ]
    if not facts:
        return [], []
    first = points.queries.entries_of(earn_fact(order)).first() if payload["points"] else None
    if first and first.lot and first.lot.available_from > now:
        return facts, [_("You can pay with the points from %(day)s on.") % {"day": day_text(first.lot.available_from)}]
    balance = points.queries.balance(order.customer_id, now=now)
    return [*facts, (_("You have now"), points_text(balance.available))], []
