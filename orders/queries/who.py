"""Who a request is for, and whom the uses of codes are counted against (PC-18)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

import customers.queries
from customers.models import Customer
from customers.rules import Shopper, normalised_email, normalised_phone
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
    email: str = ""
    phone: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.holders)

    @property
    def segments(self) -> frozenset[str]:
        return self.customer.segments if self.customer else frozenset()

    @property
    def own_orders(self) -> QuerySet[Order]:
        """Orders of the customer, or of a guest with the same contact."""
        if self.customer is not None:
            return Order.objects.filter(customer=self.customer.id)
        return Order.objects.filter(_same_contact(self.email, self.phone)) if self.is_known else Order.objects.none()

    def unpaid_order_with(self, promo_code_id: int) -> str | None:
        """The number of an own order that waits for payment with this code. One query."""
        waiting = self.own_orders.filter(
            status=Order.Status.NEW, redemption__released_at=None, redemption__promo_code=promo_code_id
        )
        key = waiting.order_by("-pk").values_list("pk", flat=True).first()
        return None if key is None else str(key)

    def unpaid_first_order(self) -> str | None:
        """The number of an own order that waits for payment with a code for first orders. One query."""
        waiting = self.own_orders.filter(
            status=Order.Status.NEW,
            redemption__released_at=None,
            redemption__promo_code__terms__first_order_only=True,
        )
        key = waiting.order_by("pk").values_list("pk", flat=True).first()
        return None if key is None else str(key)


def buyer(request: "QuoteRequest", *, lock: bool = False) -> Buyer:
    """At most one query. Raises InvalidInput on `customer` when there is no such customer."""
    if request.customer_id is not None:
        found = customers.queries.shopper(request.customer_id, lock=lock)
        if found is None:
            raise invalid("customer", _("There is no such customer."), "unknown_customer")
        keys = holder_keys(customer_id=found.id, email=found.email, phone=found.phone, secret=settings.HOLDER_SECRET)
        return Buyer(found, found.has_bought, keys)
    email, phone = _typed_contact(request)
    if not email and not phone:
        return Buyer(None, False, ())
    keys = holder_keys(customer_id=None, email=email, phone=phone, secret=settings.HOLDER_SECRET)
    return Buyer(None, _guest_has_bought(email, phone), keys, email, phone)


def _typed_contact(request: "QuoteRequest") -> tuple[str, str]:
    """As orders store it. While somebody is still typing, what cannot be read is nobody's yet."""
    email, phone = request.contact_email.strip(), request.contact_phone.strip()
    try:
        email = normalised_email(email) if email else ""
    except ValueError:
        email = ""
    try:
        phone = normalised_phone(phone, settings.PHONENUMBER_DEFAULT_REGION) if phone else ""
    except ValueError:
        phone = ""
    return email, phone


def _guest_has_bought(email: str, phone: str) -> bool:
    """A guest is an earlier buyer when an order paid and kept, or a customer who bought, has the same contact."""
    same_customer = Q(email=email) if email else Q()
    if phone:
        same_customer |= Q(phone=phone)
    paid = Order.objects.filter(_same_contact(email, phone), paid_at__isnull=False).exclude(
        status=Order.Status.REFUNDED
    )
    bought = Customer.objects.filter(same_customer, purchases__isnull=False)
    return bool(paid.values("pk").union(bought.values("pk"), all=True)[:1])


def _same_contact(email: str, phone: str) -> Q:
    """At least one of them is given."""
    same = Q(contact_email=email) if email else Q()
    return same | Q(contact_phone=phone) if phone else same
