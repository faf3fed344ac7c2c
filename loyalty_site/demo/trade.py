"""Two months of trade through the till's own services: placed, paid, completed, some cancelled or refunded."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import connection

from customers.models import Customer
from loyalty_site.demo import catalogue
from loyalty_site.demo.club import SKU as CLUB_SKU
from loyalty_site.demo.codes import CODES, LAUNCH, PERSONAL, DemoCode, moment
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from orders.queries import QuoteRequest, quote
from orders.queries.guarded import guarded_quote
from orders.services import Contact, cancel_order, complete_order, pay_order, place_order, refund_order
from promocodes.services import CodeRejected

DAYS = 60
ORDERS = 140
# The last days are the busiest: the codes that people will try have uses already.
RECENT_DAYS, RECENT_ORDERS = 7, 50
# The same trade on every machine; nothing secret is drawn from it.
SEED = 20260601
PREFIX = "demo-"
# Over, used up, for others, off: what people try in vain.
DEAD_CODES = ("shoes", "flash", "welcome", "knitwear")
FRESH_ORDERS = 5
POINTS_EVERY, MOST_POINTS = 3, 400
FATES = ("completed", "paid", "cancelled", "refunded", "partly refunded", "unpaid")
FATE_WEIGHTS = (70, 12, 6, 4, 5, 0)


@dataclass(frozen=True)
class Plan:
    """One order to be: `customer` None is a guest; `code` is what is typed, empty for nothing.

    `tried` was typed before and will not do.
    """

    number: int
    at: datetime
    customer: Customer | None
    channel: str
    lines: tuple[tuple[str, int], ...]
    delivery: str
    code: str
    fate: str
    tried: str = ""

    @property
    def external_number(self) -> str:
        return f"{PREFIX}{self.number}"


def traded_numbers() -> set[str]:
    """The external numbers of the demonstration's orders that are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT external_number FROM orders_order WHERE external_number LIKE %s", [f"{PREFIX}%"])
        return {number for (number,) in cursor.fetchall()}


def is_trade_finished() -> bool:
    """The orders are placed in their order, so the last one tells."""
    return f"{PREFIX}{ORDERS + FRESH_ORDERS - 1}" in traded_numbers()


def plans(*, people: Sequence[Customer], codes: dict[str, str], personal: Sequence[str], now: datetime) -> list[Plan]:
    """The orders to place, oldest first. Some codes will be refused: those orders go through without."""
    draw = random.Random(SEED)
    left = list(personal)
    spans = [RECENT_DAYS] * RECENT_ORDERS + [DAYS] * (ORDERS - RECENT_ORDERS)
    moments = sorted(now - timedelta(minutes=draw.uniform(90, days * 24 * 60)) for days in spans)
    planned = [_plan(at, draw, people, codes, left, now) for at in moments]
    in_order = sorted([*planned, *_fresh_orders(people, codes, now)], key=lambda plan: plan.at)
    return [replace(plan, number=number) for number, plan in enumerate(in_order)]


def _plan(
    at: datetime,
    draw: random.Random,
    people: Sequence[Customer],
    codes: dict[str, str],
    personal: list[str],
    now: datetime,
) -> Plan:
    known = [person for person in people if person.registered_at <= at]
    customer = draw.choice(known) if known and draw.random() < 0.85 else None
    code = _code_for(at, draw, codes, personal, now)
    channel = draw.choices(("site", "app", "pos"), (6, 3, 2))[0]
    return Plan(
        number=0,
        at=at,
        customer=customer,
        channel=channel,
        lines=_lines(draw, code[0] if code else None),
        delivery=_delivery(draw, channel, code[0] if code else None),
        code=code[1] if code else "",
        fate=draw.choices(FATES, FATE_WEIGHTS)[0],
        tried=codes[draw.choice(DEAD_CODES)] if draw.random() < 0.2 else "",
    )


def _delivery(draw: random.Random, channel: str, code: DemoCode | None) -> str:
    if code and code.type == "free_shipping":
        return "courier"
    return "" if channel == "pos" else draw.choices(("courier", "pickup", "post"), (5, 3, 1))[0]


def _code_for(
    at: datetime, draw: random.Random, codes: dict[str, str], personal: list[str], now: datetime
) -> tuple[DemoCode, str] | None:
    """A code that was good at that moment, for every other order."""
    live = [code for code in (*CODES, PERSONAL) if _is_live(code, at, now) and code.fate == "activated"]
    if not live or draw.random() < 0.45:
        return None
    chosen = draw.choices(live, [3 if code.campaign == LAUNCH else 1 for code in live])[0]
    if chosen is PERSONAL:
        return (chosen, personal.pop()) if personal else None
    return chosen, codes[chosen.key]


def _is_live(code: DemoCode, at: datetime, now: datetime) -> bool:
    first, last = code.days
    return moment(now, first) <= at < moment(now, last + 1)


def _lines(draw: random.Random, code: DemoCode | None) -> tuple[tuple[str, int], ...]:
    """One to four goods, one of them from the code's categories."""
    wanted = draw.sample(catalogue.skus(), draw.choices((1, 2, 3, 4), (4, 5, 3, 1))[0])
    if code:
        categories = CATEGORY_GOODS.get((code.categories or code.required_categories or ("",))[0], ())
        wanted[0] = draw.choice(catalogue.skus(*categories)) if categories else wanted[0]
    return tuple((sku, draw.choices((1, 2, 3), (8, 2, 1))[0]) for sku in dict.fromkeys(wanted))


def _fresh_orders(people: Sequence[Customer], codes: dict[str, str], now: datetime) -> Iterator[Plan]:
    """The last day: uses of the code for shirt cleaning, and what the customer who can sign in finds in the account,
    an order that is on its way and one that waits for its payment."""
    code, shirts = codes["shirt_cleaning"], (("CLEAN-1", 2), ("CLEAN-2", 1))
    me = people[0]
    fresh = (
        (timedelta(hours=30), people[5], ((CLUB_SKU, 1),), "pickup", "", "completed"),
        (timedelta(hours=22), people[1], shirts, "pickup", code, "completed"),
        (timedelta(hours=20), me, (("SHIRT-2", 1), ("CLEAN-1", 2)), "courier", code, "paid"),
        (timedelta(hours=9), None, shirts, "pickup", code, "paid"),
        (timedelta(0), me, (("TOWEL-2", 1),), "pickup", "", "unpaid"),
    )
    for before, customer, lines, delivery, typed, fate in fresh:
        yield Plan(0, now - before, customer, "site", lines, delivery, typed, fate)


# Leaves of the categories that codes name: products hang on leaves.
CATEGORY_GOODS = {
    "shoes": ("sneakers", "boots"),
    "shirt-cleaning": ("shirt-cleaning",),
    "kitchen": ("kitchen",),
}


def trade(plan: Plan) -> None:
    """Carry one plan out; a code that is refused is left out, as a customer would do."""
    _look_at_price(plan)
    try:
        in_transaction(partial(_trade, plan, plan.code))
    except CodeRejected:
        in_transaction(partial(_trade, plan, ""))


def _look_at_price(plan: Plan) -> None:
    """What the checkout does before an order is placed: the report counts these tries of codes (PC-21)."""
    for code in (plan.tried, *[plan.code] * (1 + plan.number % 2)):
        if code:
            guarded_quote(_request(plan, code), subjects=(), now=plan.at)


@requires_transaction
def _trade(plan: Plan, code: str) -> None:
    """The whole life of one order."""
    order = place_order(
        request=_with_points(plan, _request(plan, code)),
        contact=_contact(plan),
        now=plan.at,
        external_number=plan.external_number,
    )
    number = order.number
    if plan.fate == "cancelled":
        cancel_order(number=number, reason="передумал", now=plan.at + timedelta(minutes=20))
    if plan.fate in ("cancelled", "unpaid"):
        return
    pay_order(
        number=number,
        amount=order.total,
        provider="demo",
        payment_id=plan.external_number,
        now=plan.at + timedelta(minutes=5),
    )
    if plan.fate != "paid":
        complete_order(number=number, now=plan.at + timedelta(minutes=60))
    if plan.fate in ("refunded", "partly refunded"):
        lines = None if plan.fate == "refunded" else ((plan.lines[0][0], 1),)
        refund_order(number=number, lines=lines, reason="не подошёл размер", now=plan.at + timedelta(minutes=80))


def _request(plan: Plan, code: str) -> QuoteRequest:
    return QuoteRequest(
        channel=plan.channel,
        lines=plan.lines,
        customer_id=plan.customer.pk if plan.customer else None,
        promo_code=code or None,
        delivery_method=plan.delivery,
        delivery_price=catalogue.delivery_price(plan.delivery) if plan.delivery else Decimal(0),
    )


def _with_points(plan: Plan, request: QuoteRequest) -> QuoteRequest:
    """Some customers pay a part with points, as many as may be spent but not all they have."""
    if plan.customer is None or plan.number % POINTS_EVERY:
        return request
    spendable = quote(replace(request, points_to_spend=MOST_POINTS), now=plan.at).points_spent
    return replace(request, points_to_spend=spendable)


def _contact(plan: Plan) -> Contact:
    if plan.customer is None:
        return Contact(name="Гость", email=f"guest{plan.number}@example.com")
    return Contact(name=plan.customer.full_name, email=plan.customer.email or "")
