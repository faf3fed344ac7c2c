"""Reads of the till: quotes, orders, the catalogue. They write nothing (Q-7)."""

from orders.queries.documents import explanation, order_document
from orders.queries.for_promocodes import (
    admin_links,
    category_choices,
    known_categories,
    related_categories,
    sample_quote,
)
from orders.queries.for_tiers import product_names
from orders.queries.quote import QuoteRequest, check_code, quote
from orders.queries.search import customers_of_order

__all__ = [
    "QuoteRequest",
    "admin_links",
    "category_choices",
    "check_code",
    "customers_of_order",
    "explanation",
    "known_categories",
    "order_document",
    "product_names",
    "quote",
    "related_categories",
    "sample_quote",
]
