"""A guest signed in: the order becomes the customer's, and the limits per person are judged again (PC-18)."""

from datetime import datetime

import customers.queries
import tiers.queries
from customers.models import Customer
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Category, Order, OrderLine
from orders.queries.code import CodeAnswer, CodeQuestion, ask_code
from orders.queries.quote import QuoteRequest
from orders.queries.terms import Terms, with_benefits
from orders.queries.who import buyer
from orders.rules import Action, CodeOutcome, LineInput, Quote, next_status
from orders.rules.texts import sentence
from orders.services.amounts import write_amounts, write_line
from orders.services.errors import NoSuchOrder
from orders.services.locking import locked_order
from points.rules import Balance
from promocodes.queries import find_code
from promocodes.rules import Check
from promocodes.services import redeem_code, release_redemption

PER_PERSON = frozenset({"customer_uses_left", "first_order", "owner", "segment", "tier"})


@requires_transaction
def claim_order(*, number: str, customer: Customer, now: datetime) -> Order:
    """The unpaid guest's order with its owner. An order already the customer's is left alone.

    Prices stay as placed, without the customer's tier and points, and at payment he earns what the guest was
    promised. But a code that is not for this customer falls off: the totals then are without it and the quote says
    why. Raises NoSuchOrder (also for somebody else's order), WrongState.
    """
    order = locked_order(number, customer_id=customer.pk)
    if order.customer_id == customer.pk:
        return order
    if order.customer_id is not None:
        raise NoSuchOrder
    next_status(order.status, Action.CLAIM)
    order.customer, order.access_token = customer, None
    if order.redemption_id is not None and _can_be_taken_again(order):
        _judge_again(order, now)
    _promise_points(order)
    order.save()
    return order


def _promise_points(order: Order) -> None:
    """What the guest was told he would earn by signing in, he will."""
    for step in order.quote.get("explanation", []):
        if step.get("key") == "earn_guest":
            step.update(key="earn", applied=True, text=sentence("earn", step["params"]))


def _can_be_taken_again(order: Order) -> bool:
    """A code that was switched off or shortened since stays as it was taken: an edit changes no order (PC-19)."""
    found = find_code(order.promo_code, lock=True)
    return (
        found is not None
        and found.facts.switch is True
        and found.facts.starts_at <= order.placed_at < found.facts.ends_at
    )


def _judge_again(order: Order, now: datetime) -> None:
    """The guest's use is given back and, where the limits allow, taken again as the customer's."""
    used = release_redemption(order_ref=order.ref, reason="claimed", now=now)
    answer = _asked_as_customer(order, now)
    failed = next((check for check in answer.verdict.checks if _forbids(check)), None)
    if used is None or failed is not None:
        order.redemption = None
        _reprice(order, failed, now)
        return
    order.redemption = redeem_code(
        promo_code_id=used.promo_code_id,
        order_ref=order.ref,
        customer_id=order.customer_id,
        holders=answer.question.buyer.holders,
        channel=order.channel,
        discount=used.discount,
        order_total=used.order_total,
        # The use belongs to the moment the order was placed: a period that ended since changes nothing.
        now=order.placed_at,
    )


def _asked_as_customer(order: Order, now: datetime) -> CodeAnswer:
    who = buyer(QuoteRequest(order.channel, (), customer_id=order.customer_id))
    reached = tiers.queries.benefits(order.customer_id, now=now).reached
    programme = customers.queries.programme()
    return ask_code(CodeQuestion(order.promo_code, (), who, programme, order.placed_at, tiers=reached))


def _forbids(check: Check) -> bool:
    return check.name in PER_PERSON and check.passed is False


def _reprice(order: Order, failed: Check | None, now: datetime) -> None:
    """The same goods at the prices of the order and a guest's terms, without the code."""
    rows = list(OrderLine.objects.filter(order=order).order_by("position"))
    quote = _quote_without_code(order, rows, failed, now)
    write_amounts(order, quote)
    for row, line in zip(rows, quote.lines, strict=True):
        write_line(row, line)
    OrderLine.objects.bulk_update(rows, ["discount", "total", "discounts", "earn_rate"])


def _quote_without_code(order: Order, rows: list[OrderLine], failed: Check | None, now: datetime) -> Quote:
    categories = Category.objects.in_bulk({row.category for row in rows}, field_name="slug")
    rejected = CodeOutcome(
        code=order.promo_code,
        status="rejected",
        reason=str(failed.reason) if failed else None,
        message=failed.text if failed else "",
        held_by_order=failed.held_by_order if failed else None,
    )
    benefits = tiers.queries.benefits(None, now=now)
    terms = Terms(
        programme=customers.queries.programme(),
        benefits=benefits,
        balance=Balance(),
        is_guest=True,
        points_asked=0,
        delivery_price=order.delivery_price,
    )
    lines = [_line_input(row, categories.get(row.category)) for row in rows]
    return terms.price(with_benefits(lines, benefits), rejected=rejected)


def _line_input(row: OrderLine, category: Category | None) -> LineInput:
    return LineInput(
        sku=row.sku,
        name=row.name,
        quantity=row.quantity,
        unit_price=row.unit_price,
        compare_at_price=row.compare_at_price,
        category=row.category,
        earns_points=category.earns_points if category else True,
        payable_with_points=category.payable_with_points if category else True,
    )
