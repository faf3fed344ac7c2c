"""Tables of the till, split by noun."""

from orders.models.basket import Basket, BasketLine
from orders.models.catalog import Category, DeliveryMethod, Product
from orders.models.order import Order, OrderLine
from orders.models.payment import Payment, PaymentSession, WebhookEvent
from orders.models.refund import Refund, RefundLine

__all__ = [
    "Basket",
    "BasketLine",
    "Category",
    "DeliveryMethod",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentSession",
    "Product",
    "Refund",
    "RefundLine",
    "WebhookEvent",
]
