"""Reads about customers."""

from customers.queries.identity import customer_key
from customers.queries.programme import programme
from customers.queries.shopper import shopper

__all__ = ["customer_key", "programme", "shopper"]
