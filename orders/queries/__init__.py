"""Reads of the till: quotes, orders, the catalogue. They write nothing (Q-7)."""

from orders.queries.quote import QuoteRequest, check_code, quote

__all__ = ["QuoteRequest", "check_code", "quote"]
