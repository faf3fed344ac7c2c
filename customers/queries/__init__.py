"""Reads about customers."""

from customers.queries.birthdays import birthday_key, with_birthday_on
from customers.queries.consents import consent_record, consent_text, live_consents
from customers.queries.find import find_customer
from customers.queries.identity import customer_key
from customers.queries.members import living, members, segments_of
from customers.queries.programme import programme
from customers.queries.rfm import RfmView, rfm_names, rfm_of
from customers.queries.rule_sql import count_rule, sample_rule
from customers.queries.search import search_customers
from customers.queries.shopper import shopper

__all__ = [
    "RfmView",
    "birthday_key",
    "consent_record",
    "consent_text",
    "count_rule",
    "customer_key",
    "find_customer",
    "live_consents",
    "living",
    "members",
    "programme",
    "rfm_names",
    "rfm_of",
    "sample_rule",
    "search_customers",
    "segments_of",
    "shopper",
    "with_birthday_on",
]
