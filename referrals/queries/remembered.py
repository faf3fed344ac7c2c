"""What a browser remembers of the link it came by, and who invites by it (R-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

from referrals.models.visit import Via
from referrals.queries.links import Inviter, inviter
from referrals.queries.offer import Offer, offer_of

VISIT_COOKIE = "referral"
SALT = "referrals.visit"
SHARED_BY = frozenset(Via.values) - {Via.API}


@dataclass(frozen=True)
class Remembered:
    """`code` as the link has it, `via` a channel, `visit` the token of the visit's row if there is one."""

    code: str
    via: str
    visit: UUID | None
    until: datetime


@dataclass(frozen=True)
class Invitation:
    """Somebody invites whoever uses this browser. `name` is empty for one who did not agree to be named."""

    remembered: Remembered
    inviter: Inviter
    offer: Offer

    @property
    def name(self) -> str:
        return self.inviter.name


def channel(said: str) -> str:
    """The channel a link says it was shared by; a plain link when it says something else."""
    return said if said in SHARED_BY else str(Via.LINK)


def cookie_value(remembered: Remembered) -> str:
    """Signed; it holds a code, a channel, a token and a moment, nothing of a person."""
    visit = remembered.visit.hex if remembered.visit else ""
    return signing.dumps([remembered.code, remembered.via, visit, int(remembered.until.timestamp())], salt=SALT)


def remembered_visit(cookies: Mapping[str, str], *, now: datetime) -> Remembered | None:
    """None without a cookie, for one that is over, and for one that is not of our making. No query."""
    try:
        code, via, visit, until = signing.loads(cookies.get(VISIT_COOKIE, ""), salt=SALT)
        found = Remembered(code, via, UUID(visit) if visit else None, datetime.fromtimestamp(until, UTC))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if found.until > now else None


def invitation(cookies: Mapping[str, str], *, now: datetime) -> Invitation | None:
    """None when nobody invites any more: no cookie, a code that ended, a referrer who was stopped.

    No query without a cookie, at most five with one.
    """
    remembered = remembered_visit(cookies, now=now)
    found = inviter(remembered.code) if remembered else None
    if remembered is None or found is None or found.stopped_at is not None:
        return None
    return Invitation(remembered, found, offer_of(found))
