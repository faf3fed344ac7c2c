"""Guessing is slowed down: ten wrong codes in ten minutes by one subject, then no more tries (PC-16).

A subject is a customer, a visitor's session, or a browser's address; never the address of an integration,
behind which all visitors of a shop stand. Only unknown codes count as wrong (`not_found`, which draft and
deactivated codes answer too). Nothing here touches the database; subjects are kept hashed.
"""

import hmac
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from loyalty_site.kernel import limits
from promocodes.rules import Reason

WRONG_TRIES = 10
PERIOD_SECONDS = 600


def guessing_subjects(*, customer: UUID | None = None, session: str = "", address: str = "") -> tuple[str, ...]:
    """Whom tries are counted against. `customer` is the public id; `address` only of a browser."""
    named = (("customer", str(customer or "")), ("session", session), ("address", address))
    return tuple(f"{kind}:{value}" for kind, value in named if value)


def is_locked_out(subjects: Sequence[str]) -> bool:
    """True when any subject has used up its wrong tries: then even a right code is not looked at."""
    return any(limits.is_used_up(_name(subject), limit=WRONG_TRIES, seconds=PERIOD_SECONDS) for subject in subjects)


def note_wrong(subjects: Sequence[str]) -> bool:
    """Count one wrong try against every subject; False when one had none left (parallel tries)."""
    noted = [limits.note_event(_name(subject), limit=WRONG_TRIES, seconds=PERIOD_SECONDS) for subject in subjects]
    return all(noted)


def note_answer(subjects: Sequence[str], reason: str | None) -> bool:
    """Count the answer a code got if it was a wrong one; False when that try was one too many."""
    return note_wrong(subjects) if reason == Reason.NOT_FOUND else True


def _name(subject: str) -> str:
    return "guess:" + hmac.new(settings.SECRET_KEY.encode(), subject.encode(), "sha256").hexdigest()
