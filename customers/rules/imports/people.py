"""E-mails and phones by the million: the usual spellings at once, all others by the rule (CU-1).

What is decided here must be what `customers.rules.identity` decides: a property test holds them together.
"""

import re
from functools import lru_cache

from customers.rules.identity import normalised_email, normalised_phone
from customers.rules.imports.cells import CUT_NUMBER

# Mobile numbers of Russia: 9 and nine digits, but for 93x, part of which is nobody's.
RUSSIAN_MOBILE = re.compile(r"(?:\+7|8|7)?[ -]?\(?(9[0-24-9]\d)\)?[ -]?(\d{3})[ -]?(\d{2})[ -]?(\d{2})", re.ASCII)
USUAL_EMAIL = re.compile(
    r"[a-z0-9]{1,20}(?:[._-][a-z0-9]{1,20}){0,1}@(?:[a-z0-9]{1,30}\.){1,2}(?:ru|com|net|org|su|by|kz|ua)", re.ASCII
)


def email_of(cell: str) -> str:
    """Code: `not_email`."""
    low = cell.lower()
    if USUAL_EMAIL.fullmatch(low):
        return low
    return _email_by_the_rule(cell)


def phone_of(cell: str, region: str) -> str:
    """Codes: `not_phone`, `cut_number`."""
    if region == "RU" and (found := RUSSIAN_MOBILE.fullmatch(cell)):
        return "+7" + "".join(found.groups())
    return _phone_by_the_rule(cell, region)


@lru_cache(maxsize=16_384)
def _email_by_the_rule(cell: str) -> str:
    try:
        return normalised_email(cell)
    except ValueError as error:
        raise ValueError("not_email") from error


@lru_cache(maxsize=16_384)
def _phone_by_the_rule(cell: str, region: str) -> str:
    try:
        return normalised_phone(cell, region)
    except ValueError as error:
        raise ValueError("cut_number" if CUT_NUMBER.fullmatch(cell) else "not_phone") from error
