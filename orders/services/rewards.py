"""What a payment brings its customer (O-5): points, the first purchase's bonus, card, tier, referral, a thank-you.

Told once, by `pay_order`, in the transaction of the payment; each part stands under a fact or a key of its own besides.
"""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

import customers.queries
import points.services
import referrals.services
import tiers.services
from customers.models import Programme
from loyalty_site.kernel.transactions import requires_transaction
from notifications.services import queue_messages
from orders.models import Order, OrderLine
from points.rules import lot_dates
from points.services import Earning

THANK_YOU = "SELECT %(key)s::text, %(customer)s::bigint, %(payload)s::jsonb"


@requires_transaction
def reward_purchase(*, order: Order, is_first: bool, payer: str, now: datetime) -> None:
    """For an order that has just been paid. A guest gets nothing: he has nowhere to keep it.

    The caller holds the customer and the order; accounts and standings are locked here, in that order.
    """
    _tell_referrals(order, payer, now)
    if order.customer_id is None:
        return
    programme = customers.queries.programme()
    bonus = programme.first_purchase_bonus if is_first else 0
    _earn(order, bonus, programme, now)
    tiers.services.issue_card(customer_id=order.customer_id, now=now)
    _start_memberships(order, now)
    tiers.services.review_after_purchase(customer_id=order.customer_id, order_ref=order.ref, now=now)
    _thank(order, {"order": order.number, "points": order.points_to_earn, "bonus": bonus, "is_first": is_first}, now)


def earn_fact(order: Order) -> str:
    """Under which the order's points stand in the ledger."""
    return f"earn:{order.ref}"


def bonus_fact(order: Order) -> str:
    """Under which the bonus for the first purchase stands, when this order was it."""
    return f"first_purchase:{order.ref}"


def _tell_referrals(order: Order, payer: str, now: datetime) -> None:
    """What the payment shows of the buyer, and that this may be a newcomer's first order (R-3, R-5)."""
    traits = {
        "email": order.contact_email,
        "phone": order.contact_phone,
        "device": order.device,
        "payer": payer,
        "address": order.delivery_address,
    }
    goods = order.total - order.delivery_total
    referrals.services.qualify(
        customer_id=order.customer_id, order_ref=order.ref, goods_amount=goods, traits=traits, now=now
    )


def _earn(order: Order, bonus: int, programme: Programme, now: datetime) -> None:
    """Nothing is posted for nothing."""
    earnings = [
        Earning(order.points_to_earn, "purchase", earn_fact(order)),
        Earning(bonus, "first_purchase", bonus_fact(order)),
    ]
    available_from, expires_at = lot_dates(
        now=now,
        hold_days=programme.points_hold_days,
        life_days=programme.points_life_days,
        zone=ZoneInfo(settings.TIME_ZONE),
    )
    if order.customer_id is not None:
        points.services.earn_together(
            customer_id=order.customer_id,
            earnings=[earning for earning in earnings if earning.amount],
            available_from=available_from,
            expires_at=expires_at,
            now=now,
            order_ref=order.ref,
        )


def _start_memberships(order: Order, now: datetime) -> None:
    """Of the lines that were fees when the order was placed (T-5)."""
    if order.membership_skus and order.customer_id is not None:
        fees = OrderLine.objects.filter(order=order, sku__in=order.membership_skus).order_by("position")
        lines = list(fees.values_list("sku", "quantity", "total"))
        tiers.services.start_memberships(customer_id=order.customer_id, lines=lines, order_ref=order.ref, now=now)


def _thank(order: Order, payload: dict[str, Any], now: datetime) -> None:
    params = {"key": f"thank_you:{order.ref}", "customer": order.customer_id, "payload": json.dumps(payload)}
    queue_messages(kind="thank_you", select=THANK_YOU, params=params, now=now)
