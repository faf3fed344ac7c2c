"""What orders forget of a person (CU-4): who ordered, where to, by which device and card. Amounts stay."""

from datetime import datetime

from django.db.models import Q

from customers.models import Customer
from customers.queries.owners import owned_contacts
from loyalty_site.kernel.forgetting import Forgets, changed, forget
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Basket, Order
from orders.services.cancel import cancel_order

NOBODY = {"contact_name": "", "contact_email": "", "contact_phone": "", "delivery_address": "", "device": ""}
OVER = (Order.Status.COMPLETED, Order.Status.CANCELLED, Order.Status.REFUNDED)
UNKNOWN = {**NOBODY, "access_token": None}
OWNERS = """
    SELECT r.customer_id UNION ALL SELECT c.id FROM orders_order o, customers_customer c
    WHERE o.id = r.pgh_obj_id AND o.forgotten_at IS NOT NULL AND c.erased_at = o.forgotten_at
"""
HISTORY = (
    Forgets(
        table="orders_orderevent",
        rows="r.pgh_obj_id = ANY(%(keys)s)",
        owners=OWNERS,
        blanks={**UNKNOWN, "cancel_reason": ""},
    ),
)


@requires_transaction
def forget_orders(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. Unpaid orders are cancelled first, so that their codes and points come back.

    Orders he placed as a guest go too, found by the e-mails and the phone that are his (`owned_contacts`).
    """
    keys = sorted(Order.objects.filter(_his(customer)).values_list("pk", flat=True))
    for order in Order.objects.filter(pk__in=keys, status=Order.Status.NEW).order_by("pk"):
        cancel_order(number=order.number, reason=Order.CancelledBy.ERASURE, now=now)
    Basket.objects.filter(customer=customer.pk).delete()
    params = {"keys": keys, "numbers": [str(key) for key in keys], "now": now}
    return {
        "orders_order": changed(FORGET, params),
        "orders_payment": changed(FORGET_PAYERS, params),
        "orders_refund": changed(FORGET_REASONS, params),
        "orders_webhookevent": changed(FORGET_WEBHOOKS, params),
        **forget(HISTORY, keys),
    }


def _his(customer: Customer) -> Q:
    """A phone that he may have made up finds only what is over and names no other mailbox: whoever writes somebody
    else's number into his account must not have that one's parcel lose its address.
    """
    owned = owned_contacts(customer)
    guests = Q(contact_email__in=owned.emails)
    if owned.proven_phone:
        guests |= Q(contact_phone=owned.phone)
    elif owned.phone:
        guests |= Q(contact_phone=owned.phone, contact_email="", status__in=OVER)
    return Q(customer=customer.pk) | Q(customer=None) & guests


# A reason of the shop's own is a code (`by:time`); what somebody typed may tell of the person.
FORGET = """
UPDATE orders_order SET contact_name = '', contact_email = '', contact_phone = '', delivery_address = '', device = '',
    access_token = NULL, forgotten_at = %(now)s,
    cancel_reason = CASE WHEN cancel_reason LIKE 'by:%%' THEN cancel_reason ELSE '' END
WHERE id = ANY(%(keys)s) AND forgotten_at IS NULL
"""
FORGET_PAYERS = "UPDATE orders_payment SET payer = '' WHERE order_id = ANY(%(keys)s) AND payer <> ''"
FORGET_REASONS = "UPDATE orders_refund SET reason = '' WHERE order_id = ANY(%(keys)s) AND reason <> ''"
FORGET_WEBHOOKS = """
UPDATE orders_webhookevent SET payload = '{}'::jsonb WHERE payload #>> '{data,order}' = ANY(%(numbers)s)
"""
