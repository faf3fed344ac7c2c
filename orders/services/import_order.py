"""One order from a file of a till or a marketplace, through the same door as every other (O-8)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty_site.kernel.errors import Conflict, invalid
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order, OrderLine
from orders.queries.quote import QuoteRequest
from orders.rules.import_rows import ImportedOrder
from orders.services.pay import pay_order
from orders.services.place import Contact, place_order

PROVIDER = "import"


class ImportedDiffers(Conflict):
    """The number is known, but for other goods."""

    code = "imported_differs"
    message = _("There is an order with this external number, but with other goods.")


@requires_transaction
def import_order(*, given: ImportedOrder, now: datetime) -> tuple[Order, bool]:
    """The order, and whether it is new. The same number with the same goods is the order that is there.

    Raises what `place_order` and `pay_order` raise, and ImportedDiffers.
    """
    known = Order.objects.filter(channel=given.channel, external_number=given.external_number).first()
    if known is not None:
        return _same(known, given), False
    placed_at = given.placed_at or now
    if placed_at > now:
        raise invalid("placed_at", _("The order was placed in the future."), "out_of_range")
    order = place_order(
        request=_request(given),
        contact=Contact(given.name, given.email, given.phone, given.address),
        now=placed_at,
        by=PROVIDER,
        expected_total=given.total,
        external_number=given.external_number,
    )
    if given.is_paid:
        payment_id = given.payment_id or f"{given.channel}:{given.external_number}"
        order = pay_order(
            number=order.number, amount=order.total, provider=PROVIDER, payment_id=payment_id, now=placed_at
        )
    return order, True


def _same(known: Order, given: ImportedOrder) -> Order:
    there = OrderLine.objects.filter(order=known).values_list("sku", "quantity")
    if sorted(there) != sorted(given.lines):
        raise ImportedDiffers
    return known


def _request(given: ImportedOrder) -> QuoteRequest:
    return QuoteRequest(
        channel=given.channel,
        lines=tuple(given.lines),
        unit_prices=tuple(given.unit_prices),
        customer_id=_customer_id(given.customer),
        promo_code=given.promo_code or None,
        delivery_method=given.delivery_method[:32],
        delivery_price=given.delivery_price,
    )


def _customer_id(external_id: str) -> int | None:
    if not external_id:
        return None
    key = Customer.objects.filter(external_id=external_id).values_list("pk", flat=True).first()
    if key is None:
        raise invalid("customer", _("There is no such customer."), "unknown_customer")
    return key
