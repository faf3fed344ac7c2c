"""Writes about customers."""

from customers.services.consents import set_consents
from customers.services.errors import EmailTaken, ExternalIdTaken, NoSuchCustomer, PhoneTaken
from customers.services.programme import update_programme
from customers.services.purchases import record_purchase, record_refund
from customers.services.register import register_customer, update_customer
from customers.services.rfm import refresh_rfm, refresh_rfm_of

__all__ = [
    "EmailTaken",
    "ExternalIdTaken",
    "NoSuchCustomer",
    "PhoneTaken",
    "record_purchase",
    "record_refund",
    "refresh_rfm",
    "refresh_rfm_of",
    "register_customer",
    "set_consents",
    "update_customer",
    "update_programme",
]
