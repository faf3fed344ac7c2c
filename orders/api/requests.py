"""From a body and a caller to what the till is asked: for itself, at the shop's own delivery price (◦)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from customers.models import Customer
from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotAllowed, NotFound, invalid
from loyalty_site.kernel.money import ZERO
from loyalty_site.kernel.visitors import client_address
from orders.models import DeliveryMethod, Order
from orders.queries import QuoteRequest
from orders.services import Contact
from promocodes.services.guessing import guessing_subjects

WHAT_IF = ("at", "include_drafts")


def quote_request(caller: Caller, given: Mapping[str, Any]) -> QuoteRequest:
    """Raises InvalidInput, NotAllowed, and NotFound when a customer asks for somebody else."""
    if caller.is_customer:
        _refuse_to_customers(caller, given)
    method, price = _delivery(caller, given.get("delivery") or {})
    return QuoteRequest(
        channel=given["channel"],
        lines=tuple((line["sku"], line["quantity"]) for line in given["lines"]),
        customer_id=caller.customer_public_id if caller.is_customer else given.get("customer"),
        promo_code=given.get("promo_code") or None,
        points_to_spend=given.get("points_to_spend", 0),
        delivery_method=method,
        delivery_price=price,
    )


def subjects(request: Request, caller: Caller, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom wrong codes are counted against: never the address of an integration (PC-16)."""
    return guessing_subjects(
        customer=caller.customer_public_id if caller.is_customer else given.get("customer"),
        session=f"{caller.name}:{given['session']}" if given.get("session") else "",
        address=client_address(request) if caller.is_customer else "",
    )


def contact_of(caller: Caller) -> Contact:
    """A signed-in customer is reached as registered; an integration knows its own customers."""
    if not caller.is_customer:
        return Contact()
    customer = Customer.objects.get(pk=caller.customer_id)
    return Contact(name=customer.full_name, email=customer.email or "", phone=str(customer.phone or ""))


def _refuse_to_customers(caller: Caller, given: Mapping[str, Any]) -> None:
    if given.get("customer") not in {None, caller.customer_public_id}:
        raise NotFound(_("There is no such customer."), field="customer")
    if any(given.get(field) for field in WHAT_IF):
        raise NotAllowed(_("Customers cannot ask what would be at another time or with drafts."))
    if given["channel"] != Order.Channel.SITE:
        raise invalid("channel", _("Customers order on the site."), code="not_allowed")


def _delivery(caller: Caller, given: Mapping[str, Any]) -> tuple[str, Decimal]:
    if not given:
        return "", ZERO
    if not caller.is_customer:
        if "price" not in given:
            raise InvalidInput(FieldError("delivery.price", "required", _("State the price of delivery.")))
        return given["method"], given["price"]
    method = DeliveryMethod.objects.filter(code=given["method"], is_active=True).first()
    if method is None:
        raise InvalidInput(FieldError("delivery.method", "unknown", _("There is no such delivery method.")))
    return method.code, method.price
