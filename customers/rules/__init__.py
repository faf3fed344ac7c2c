"""Pure rules about customers: no tables, no clock."""

from customers.rules.identity import email_key, normalised_email, normalised_phone
from customers.rules.people import BY_NOBODY, Brought, Shopper

__all__ = ["BY_NOBODY", "Brought", "Shopper", "email_key", "normalised_email", "normalised_phone"]
