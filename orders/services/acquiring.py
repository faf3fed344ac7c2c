"""Payment through an acquirer: a visit to its page, and what it tells us afterwards (O-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import DomainError, WrongState, invalid
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order, PaymentSession, WebhookEvent
from orders.services.locking import locked_order
from orders.services.pay import pay_order

SUCCEEDED, DECLINED = "payment.succeeded", "payment.declined"


class TooLateToPay(WrongState):
    code = "pay_until_passed"
    message = _("The time to pay for this order is over.")


@dataclass(frozen=True)
class PaymentNews:
    """One event of an acquirer, read from a body whose signature was right."""

    type: str
    session: UUID
    number: str
    payment_id: str
    amount: Decimal
    currency: str
    payer: str


def payment_news(body: Mapping[str, Any]) -> PaymentNews:
    """Raises InvalidInput for a body that is not an event of ours."""
    try:
        told = body["data"]
        amount = Decimal(str(told["amount"]))
        news = PaymentNews(
            type=str(body["type"]),
            session=UUID(str(told["session"])),
            number=str(told["order"]),
            payment_id=str(told["payment_id"])[:128],
            amount=amount,
            currency=str(told["currency"]),
            payer=str(told.get("payer") or "")[:128],
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
        raise invalid("data", _("The event cannot be read."), "malformed") from None
    if not amount.is_finite() or news.type not in {SUCCEEDED, DECLINED}:
        raise invalid("type", _("The event cannot be read."), "malformed")
    return news


@requires_transaction
def open_payment(*, number: str, now: datetime) -> PaymentSession:
    """A visit to the acquirer's page for the whole of the order; the open one of the same amount, if there is one.

    Raises NoSuchOrder, WrongState (paid or cancelled already), TooLateToPay.
    """
    order = locked_order(number)
    if order.status != Order.Status.NEW:
        raise WrongState(_("This order does not wait for payment any more."))
    if order.pay_until < now:
        raise TooLateToPay
    sessions = PaymentSession.objects.filter(order=order, status=PaymentSession.Status.OPEN, amount=order.total)
    return sessions.order_by("-pk").first() or PaymentSession.objects.create(
        order=order, amount=order.total, created_at=now
    )


@requires_transaction
def receive_event(*, provider: str, event_id: str, payload: Mapping[str, Any], now: datetime) -> WebhookEvent:
    """Stores the event and acts on it, once for each event id. Only for a body whose signature was right.

    What cannot be done (another amount, an order cancelled meanwhile) is kept in `refusal` for people to see:
    asking the acquirer to send the same again would not help. Raises InvalidInput.
    """
    news = payment_news(payload)
    event, is_new = WebhookEvent.objects.get_or_create(
        provider=provider, event_id=event_id, defaults={"payload": dict(payload), "received_at": now}
    )
    if not is_new:
        return event
    try:
        # A refusal takes back what was written before it; the event itself stays.
        with transaction.atomic():
            _act(provider, news, now)
    except DomainError as refusal:
        event.refusal = refusal.code
    event.processed_at = now
    event.save(update_fields=["refusal", "processed_at"])
    return event


def _act(provider: str, news: PaymentNews, now: datetime) -> None:
    """The order first, then the visit. A visit only moves forward: what is paid is not declined later."""
    order = locked_order(news.number)
    session = PaymentSession.objects.select_for_update(no_key=True).filter(token=news.session, order=order).first()
    if session is None:
        raise WrongState(code="unknown_session")
    if news.currency != settings.SHOP_CURRENCY:
        raise WrongState(code="currency_mismatch")
    if news.type == SUCCEEDED:
        pay_order(
            number=news.number,
            amount=news.amount,
            provider=provider,
            payment_id=news.payment_id,
            payer=news.payer,
            now=now,
        )
        session.status = PaymentSession.Status.PAID
    elif session.status == PaymentSession.Status.OPEN:
        session.status = PaymentSession.Status.DECLINED
    session.save(update_fields=["status"])
