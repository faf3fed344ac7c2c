"""What an order would cost now: the forecast that customers, support and integrations see (Q-1 … Q-10)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

import customers.queries
import points.queries
import tiers.queries
from customers.models import Programme
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.money import MAX_AMOUNT, ZERO
from orders.models import Order
from orders.queries.basket_lines import line_inputs
from orders.queries.code import CodeAnswer, CodeQuestion, ask_code
from orders.queries.terms import Terms, with_benefits
from orders.queries.who import Buyer, buyer
from orders.rules import LineInput, Quote
from promocodes.rules import Verdict
from tiers.rules import Benefits


@dataclass(frozen=True)
class QuoteRequest:
    """What is asked. `lines` are (SKU, quantity) pairs; `customer_id` is a primary key or the public id.

    The contact of a guest, in any spelling, stands in for a customer where uses are counted.

    `unit_prices` are what a till states for its own lines, in their order; empty: the catalogue's prices. No HTTP
    call reaches them: they are for receipts that exist already.
    """

    channel: str
    lines: tuple[tuple[str, int], ...]
    customer_id: int | UUID | None = None
    contact_email: str = ""
    contact_phone: str = ""
    promo_code: str | None = None
    points_to_spend: int = 0
    delivery_method: str = ""
    delivery_price: Decimal = ZERO
    unit_prices: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Pricing:
    """A quote with what it was made from; placing an order needs both."""

    quote: Quote
    buyer: Buyer
    programme: Programme
    benefits: Benefits
    lines: tuple[LineInput, ...]
    answer: CodeAnswer | None


def quote(request: QuoteRequest, *, now: datetime, include_drafts: bool = False) -> Quote:
    """The price of `request` at `now`. At most 7 queries whatever the lines and codes; writes nothing.

    The customer's points and tier are as they are now, the programme and the prices too (Q-9: only the code's period,
    the tier's term and the life of points are judged at another `now`).

    A code that does not apply leaves the quote without it and says why. Raises InvalidInput for wrong lines,
    an unknown customer or channel.
    """
    return priced(request, now=now, include_drafts=include_drafts).quote


def check_code(request: QuoteRequest, *, now: datetime, include_drafts: bool = False) -> Verdict:
    """Every condition of the code with its verdict: support's “why not?” (Q-9)."""
    found = priced(request, now=now, include_drafts=include_drafts).answer
    if found is None:
        raise invalid("promo_code", _("Type the promo code to check."), "required")
    return found.verdict


def priced(request: QuoteRequest, *, now: datetime, include_drafts: bool = False, lock: bool = False) -> Pricing:
    """`lock` holds the customer and the code until the transaction ends, in that order."""
    check_request(request)
    who = buyer(request, lock=lock)
    programme = customers.queries.programme()
    customer_id = who.customer.id if who.customer else None
    benefits = tiers.queries.benefits(customer_id, now=now)
    lines = with_benefits(line_inputs(request.lines, request.unit_prices), benefits)
    answer = None
    if request.promo_code and request.promo_code.strip():
        text = request.promo_code.strip()
        answer = ask_code(CodeQuestion(text, lines, who, programme, now, include_drafts, lock, tiers=benefits.reached))
    terms = Terms(
        programme=programme,
        benefits=benefits,
        balance=points.queries.balance(customer_id, now=now),
        is_guest=customer_id is None,
        points_asked=request.points_to_spend,
        delivery_price=request.delivery_price,
    )
    quoted, answer = _price_with(lines, answer, terms)
    return Pricing(quoted, who, programme, benefits, lines, answer)


def _price_with(
    lines: tuple[LineInput, ...], answer: CodeAnswer | None, terms: Terms
) -> tuple[Quote, CodeAnswer | None]:
    """The price with the code, or without it when the budget would not hold the discount (PC-17)."""
    quoted = _price(lines, answer, terms)
    if answer and quoted.promo_code and quoted.promo_code.is_applied:
        answer = answer.given(quoted.promo_code.discount)
        if not answer.verdict.applies:
            quoted = _price(lines, answer, terms)
    return quoted, answer


def check_request(request: QuoteRequest) -> None:
    if request.channel not in Order.Channel.values:
        raise invalid("channel", _("There is no such channel."), "unknown_channel")
    if not ZERO <= request.delivery_price <= MAX_AMOUNT:
        raise invalid("delivery.price", _("The price of delivery is out of range."), "out_of_range")
    if request.points_to_spend < 0:
        raise invalid("points_to_spend", _("Points to spend cannot be negative."), "out_of_range")
    if request.unit_prices and request.channel != Order.Channel.POS:
        raise invalid("channel", _("Only a till states its own prices."), "own_prices")


def _price(lines: tuple[LineInput, ...], answer: CodeAnswer | None, terms: Terms) -> Quote:
    quoted = terms.price(lines, code=answer.applied if answer else None, rejected=answer.rejected if answer else None)
    if quoted.goods_total > MAX_AMOUNT:
        raise invalid("lines", _("The order is too large."), "out_of_range")
    return quoted
