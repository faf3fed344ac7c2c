"""Files of customers and purchases: what their columns and cells mean (CU-6)."""

from customers.rules.imports.cells import delimiter_of
from customers.rules.imports.columns import CONSENTS, FIELDS, KNOWN_BY, REQUIRED, faults, guessed, plain
from customers.rules.imports.people import email_of, phone_of
from customers.rules.imports.rows import STAGED, Layout, Problem, Read, reader

__all__ = [
    "CONSENTS",
    "FIELDS",
    "KNOWN_BY",
    "REQUIRED",
    "STAGED",
    "Layout",
    "Problem",
    "Read",
    "delimiter_of",
    "email_of",
    "faults",
    "guessed",
    "phone_of",
    "plain",
    "reader",
]
