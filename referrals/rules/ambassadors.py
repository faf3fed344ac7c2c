"""What an ambassador's own terms and code must be like (R-6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from loyalty_site.kernel.errors import FieldError
from promocodes.rules import random_code
from referrals.rules.codes import CODE_LENGTH

SHORTEST, LONGEST = 6, 20
CODE = re.compile(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}", re.ASCII)
DRAWN_LENGTH = 10
MOST_RATE = Decimal("9999999999.99")
MOST_POINTS = 1_000_000
MOST_DAYS = 3650
MOST_FRIENDS = 1_000_000


@dataclass(frozen=True)
class AmbassadorTerms:
    """`rate` roubles, points or percent. Without `customer_id` it is a partner; an empty `code` is drawn.

    `period_days` is asked for with `every_order` only; a limit of None is the programme's.
    """

    name: str
    rate_type: str
    rate: Decimal
    paid_in: str
    customer_id: int | None = None
    email: str = ""
    code: str = ""
    every_order: bool = False
    period_days: int | None = None
    day_limit: int | None = None
    month_limit: int | None = None
    is_active: bool = True
    note: str = ""


def typed_code(text: str) -> str:
    """As it is kept: capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-]+", "", text).upper()


def drawn_code() -> str:
    """Ten letters and digits without look-alikes, from the system's cryptographic source."""
    return random_code(DRAWN_LENGTH)


def code_mistake(code: str) -> str:
    """Why `code` will not do, in a sentence; empty when it will."""
    if len(code) == CODE_LENGTH:
        return _("Codes of customers have %(length)s characters, so an ambassador's has more or less.") % {
            "length": CODE_LENGTH
        }
    if not CODE.fullmatch(code):
        return _("From %(least)s to %(most)s Latin letters and digits.") % {"least": SHORTEST, "most": LONGEST}
    return ""


def mistakes(terms: AmbassadorTerms) -> Iterator[FieldError]:
    """What is wrong with the terms by themselves; the code is judged apart."""
    if not terms.name or len(terms.name) > 200:
        yield FieldError("name", "invalid", _("Enter a name of at most %(count)s characters.") % {"count": 200})
    if len(terms.note) > 500:
        yield FieldError("note", "invalid", _("At most %(count)s characters.") % {"count": 500})
    if not 0 < terms.rate <= MOST_RATE:
        yield FieldError("rate", "out_of_range", _("Enter a rate above zero."))
    elif terms.rate_type == "percent" and terms.rate > 100:
        yield FieldError("rate", "out_of_range", _("A percent of the order is at most 100 %."))
    elif terms.rate_type == "amount" and terms.paid_in == "points" and terms.rate != int(terms.rate):
        yield FieldError("rate", "invalid", _("Points are whole."))
    elif terms.rate_type == "amount" and terms.paid_in == "points" and terms.rate > MOST_POINTS:
        text = _("From 0 to %(most)s.") % {"most": MOST_POINTS}
        yield FieldError("rate", "out_of_range", text)
    if terms.paid_in == "points" and terms.customer_id is None:
        yield FieldError("paid_in", "needs_account", _("Points need an account: name the customer, or pay in money."))
    if terms.every_order and not 1 <= (terms.period_days or 0) <= MOST_DAYS:
        text = _("For every order: how many days after the registration, from 1 to %(most)s?")
        yield FieldError("period_days", "out_of_range", text % {"most": MOST_DAYS})
    for name in ("day_limit", "month_limit"):
        limit = getattr(terms, name)
        if limit is not None and not 0 <= limit <= MOST_FRIENDS:
            yield FieldError(name, "out_of_range", _("From 0 to %(most)s.") % {"most": MOST_FRIENDS})
