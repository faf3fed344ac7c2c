"""Writes of the till: one verb, one function. Every one demands a transaction."""

from orders.services.cancel import cancel_order, cancel_overdue, move_code
from orders.services.catalog import import_catalog, put_category, put_product
from orders.services.catalog_rows import CategoryRow, ProductRow
from orders.services.claim import claim_order
from orders.services.complete import complete_order
from orders.services.delivery import put_delivery_method
from orders.services.errors import (
    AmountMismatch,
    ExternalNumberTaken,
    NoSuchOrder,
    NotEnoughPoints,
    PaymentTaken,
    TotalChanged,
)
from orders.services.merge import merge_orders
from orders.services.pay import pay_order
from orders.services.place import Contact, place_order
from orders.services.refund import refund_order

__all__ = [
    "AmountMismatch",
    "CategoryRow",
    "Contact",
    "ExternalNumberTaken",
    "NoSuchOrder",
    "NotEnoughPoints",
    "PaymentTaken",
    "ProductRow",
    "TotalChanged",
    "cancel_order",
    "cancel_overdue",
    "claim_order",
    "complete_order",
    "import_catalog",
    "merge_orders",
    "move_code",
    "pay_order",
    "place_order",
    "put_category",
    "put_delivery_method",
    "put_product",
    "refund_order",
]
