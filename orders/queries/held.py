"""What `orders` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty_site.kernel.held import Part, Said, part_of
from orders.models import Basket, DeliveryMethod, Order, OrderLine, Payment, PaymentSession, Refund

AMOUNTS = ("goods_total", "discount_total", "points_spent", "points_discount", "delivery_total", "total")


def orders(customer_id: int, *, now: datetime) -> Part:
    """With contacts and addresses; `device` names the browser or the app it was placed from."""
    rows = Order.objects.filter(customer=customer_id).order_by("pk")
    contact = ("contact_name", "contact_email", "contact_phone", "delivery_method", "delivery_address", "device")
    moments = ("placed_at", "placed_by", "paid_at", "completed_at", "cancelled_at", "cancel_reason")
    history = Order.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    ids = ("status", "channel", "external_number", "promo_code", "refunded_amount")
    ways = dict(DeliveryMethod.objects.values_list("code", "name"))
    said: Said = {
        "number": {"label": _("order")},
        "delivery_method": {"choices": ways},
        "cancel_reason": {"choices": dict(Order.CancelledBy.choices)},
    }
    return part_of(_("Orders"), rows, *ids, *contact, *AMOUNTS, *moments, number="id", said=said, tables=[history])


def order_lines(customer_id: int, *, now: datetime) -> Part:
    rows = OrderLine.objects.filter(order__customer=customer_id).order_by("order", "position")
    fields = ("sku", "name", "quantity", "unit_price", "discount", "points_spent", "total", "refunded_quantity")
    return part_of(_("What you ordered"), rows, *fields, order="order_id")


def payments(customer_id: int, *, now: datetime) -> Part:
    rows = Payment.objects.filter(order__customer=customer_id).order_by("pk")
    fields = ("provider", "payment_id", "payer", "amount", "paid_at")
    tables = [PaymentSession._meta.db_table]
    return part_of(_("Payments"), rows, *fields, order="order_id", tables=tables)


def refunds(customer_id: int, *, now: datetime) -> Part:
    rows = Refund.objects.filter(order__customer=customer_id).order_by("pk")
    fields = ("amount", "points_returned", "points_taken_back", "reason", "refunded_at")
    return part_of(_("Refunds"), rows, *fields, order="order_id")


def baskets(customer_id: int, *, now: datetime) -> Part:
    rows = Basket.objects.filter(customer=customer_id).order_by("pk")
    lines = ("lines__product__sku", "lines__quantity")
    return part_of(_("Baskets"), rows, "updated_at", "promo_code", sku=lines[0], quantity=lines[1])
