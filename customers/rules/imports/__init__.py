"""Files of customers and purchases: what their columns and cells mean (CU-6)."""

from customers.rules.imports.cells import delimiter_of
from customers.rules.imports.columns import CONSENTS, FIELDS, KNOWN_BY, REQUIRED, faults, guessed, plain, row_of_titles
from customers.rules.imports.people import email_of, phone_of
from customers.rules.imports.rows import NULL, STAGED, Layout, Problem, reader, values

__all__ = [
    "CONSENTS",
    "FIELDS",
    "KNOWN_BY",
    "NULL",
    "REQUIRED",
    "STAGED",
    "Layout",
    "Problem",
    "delimiter_of",
    "email_of",
    "faults",
    "guessed",
    "phone_of",
    "plain",
    "reader",
    "row_of_titles",
    "values",
]
