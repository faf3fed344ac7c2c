"""Placing an order (O-2, O-3): priced again, the code's use and the points taken, every amount stored, or nothing."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

import points.services
from customers.rules import normalised_email, normalised_phone
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order, OrderLine
from orders.queries.code import MAY_BE_HELD, ask_code
from orders.queries.quote import Pricing, QuoteRequest, priced
from orders.rules import Quote
from orders.services.amounts import order_lines, write_amounts
from orders.services.errors import ExternalNumberTaken, NotEnoughPoints, TotalChanged
from orders.services.refusals import refuse_code, refuse_membership, refuse_points
from promocodes.services import CodeRejected, redeem_code

EXTERNAL_NUMBER_CONSTRAINT = "order_external_number_once"


@dataclass(frozen=True)
class Contact:
    """How to reach who ordered; any part may be empty. `phone` in any spelling."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


@requires_transaction
def place_order(
    *,
    request: QuoteRequest,
    contact: Contact,
    now: datetime,
    by: str = "",
    expected_total: Decimal | None = None,
    external_number: str | None = None,
    device: str = "",
) -> Order:
    """Places `request` at today's prices. `by` names who placed it, in words; `device` where, opaque (R-5).

    Raises InvalidInput, CodeRejected, NotEnoughPoints, TotalChanged and ExternalNumberTaken; then nothing is placed.
    """
    contact = _normalised(contact)
    request = replace(request, contact_email=contact.email, contact_phone=contact.phone)
    _refuse_taken_number(request.channel, external_number)
    pricing = priced(request, now=now, lock=True)
    refuse_membership(pricing)
    refuse_points(request, pricing.quote)
    refuse_code(pricing.answer)
    if expected_total is not None and expected_total != pricing.quote.total:
        raise TotalChanged(pricing.quote)
    number = _next_number()
    order = _order(number, request, contact, pricing, now)
    order.placed_by, order.external_number, order.device = by[:100], external_number or None, device[:64]
    _take_code(order, pricing, now)
    _take_points(order, pricing.quote, now)
    _insert(order)
    OrderLine.objects.bulk_create(order_lines(order, pricing.quote))
    return order


def _normalised(contact: Contact) -> Contact:
    """Raises InvalidInput with `contact.email` or `contact.phone`."""
    wrong = []
    email, phone = contact.email.strip(), contact.phone.strip()
    if email:
        try:
            email = normalised_email(email)
        except ValueError:
            wrong.append(FieldError("contact.email", "invalid", _("This is not an e-mail address.")))
    if phone:
        try:
            phone = normalised_phone(phone, settings.PHONENUMBER_DEFAULT_REGION)
        except ValueError:
            wrong.append(FieldError("contact.phone", "invalid", _("This is not a phone number.")))
    if wrong:
        raise InvalidInput(*wrong)
    return replace(contact, name=contact.name.strip(), email=email, phone=phone, address=contact.address.strip())


def _refuse_taken_number(channel: str, external_number: str | None) -> None:
    """The plain answer; the unique constraint stands behind it for two at once."""
    if external_number and Order.objects.filter(channel=channel, external_number=external_number).exists():
        raise ExternalNumberTaken


def _next_number() -> int:
    """The order's key is known before its row: the redemption names the order, the order points at the redemption."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orders_order', 'id'))")
        number: int = cursor.fetchone()[0]
    return number


def _take_code(order: Order, pricing: Pricing, now: datetime) -> None:
    outcome = pricing.quote.promo_code
    if outcome is None or outcome.promo_code_id is None:
        return
    try:
        order.redemption = redeem_code(
            promo_code_id=outcome.promo_code_id,
            order_ref=order.ref,
            customer_id=order.customer_id,
            holders=pricing.buyer.holders,
            channel=order.channel,
            discount=outcome.discount,
            order_total=pricing.quote.total,
            now=now,
        )
    except CodeRejected as refusal:
        _name_own_order(refusal, pricing)
        raise


def _name_own_order(refusal: CodeRejected, pricing: Pricing) -> None:
    """A guest's other order may have taken the use while this one waited for the code's row: then it is named (PC-18).

    A customer's own row is held from the start, so there it has been seen.
    """
    if refusal.reason in MAY_BE_HELD and pricing.answer and not connection.needs_rollback:
        refuse_code(ask_code(pricing.answer.question))


def _take_points(order: Order, quote: Quote, now: datetime) -> None:
    """After the code, before the order's row: that is the order of locks. Points may have gone since the quote."""
    if not order.points_spent or order.customer_id is None:
        return
    try:
        points.services.spend(customer_id=order.customer_id, amount=order.points_spent, order_ref=order.ref, now=now)
    except NotEnoughPoints as refusal:
        available = refusal.extra["points_available"]
        most = min(available, quote.points_spendable)
        raise NotEnoughPoints(available, spendable=most, field="points_to_spend") from refusal


def _order(number: int, request: QuoteRequest, contact: Contact, pricing: Pricing, now: datetime) -> Order:
    customer = pricing.buyer.customer
    order = Order(
        pk=number,
        channel=request.channel,
        customer_id=customer.id if customer else None,
        access_token=None if customer else uuid.uuid4(),
        contact_name=contact.name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        delivery_method=request.delivery_method,
        delivery_address=contact.address,
        placed_at=now,
        pay_until=now + timedelta(minutes=pricing.programme.unpaid_order_ttl_minutes),
    )
    write_amounts(order, pricing.quote)
    return order


def _insert(order: Order) -> None:
    try:
        order.save(force_insert=True)
    except IntegrityError as error:
        if EXTERNAL_NUMBER_CONSTRAINT in str(error):
            raise ExternalNumberTaken from error
        raise
