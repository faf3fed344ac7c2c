"""Who a request is for, and whom the uses of codes are counted against (PC-18)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

import customers.queries
from customers.models import Customer
from customers.rules import Shopper
from loyalty_site.kernel.errors import invalid
from orders.models import Order
from promocodes.rules import holder_keys

if TYPE_CHECKING:
    from orders.queries.quote import QuoteRequest


@dataclass(frozen=True)
class Buyer:
    """A customer, a guest known by contact, or nobody known: then `is_known` is False (Q-10)."""

    customer: Shopper | None
    has_bought: bool
    holders: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return bool(self.holders)

    @property
    def segments(self) -> frozenset[str]:
        return self.customer.segments if self.customer else frozenset()


def buyer(request: "QuoteRequest", *, lock: bool = False) -> Buyer:
    """At most one query. Raises InvalidInput on `customer` when there is no such customer."""
    if request.customer_id is not None:
        found = customers.queries.shopper(request.customer_id, lock=lock)
        if found is None:
            raise invalid("customer", _("There is no such customer."), "unknown_customer")
        keys = holder_keys(customer_id=found.id, email=found.email, phone=found.phone, secret=settings.HOLDER_SECRET)
        return Buyer(found, found.has_bought, keys)
    email, phone = request.contact_email, request.contact_phone
    if not email and not phone:
        return Buyer(None, False, ())
    keys = holder_keys(customer_id=None, email=email, phone=phone, secret=settings.HOLDER_SECRET)
    return Buyer(None, _guest_has_bought(email, phone), keys)


def _guest_has_bought(email: str, phone: str) -> bool:
    """A guest is an earlier buyer when an order paid and kept, or a customer who bought, has the same contact."""
    same_contact, same_customer = Q(), Q()
    if email:
        same_contact |= Q(contact_email=email)
        same_customer |= Q(email=email)
    if phone:
        same_contact |= Q(contact_phone=phone)
        same_customer |= Q(phone=phone)
    paid = Order.objects.filter(same_contact, paid_at__isnull=False).exclude(status=Order.Status.REFUNDED)
    bought = Customer.objects.filter(same_customer, purchases__isnull=False)
    return bool(paid.values("pk").union(bought.values("pk"), all=True)[:1])
