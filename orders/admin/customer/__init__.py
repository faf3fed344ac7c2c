"""The customer's page: who, what he bought and has, one line of time, and what staff may do about it (CU-10)."""

from orders.admin.customer.listing import CustomerAdmin

__all__ = ["CustomerAdmin"]
