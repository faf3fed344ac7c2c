"""Reads about customers."""

from customers.queries.programme import programme
from customers.queries.shopper import shopper

__all__ = ["programme", "shopper"]
