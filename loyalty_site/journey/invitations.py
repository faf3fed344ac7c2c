"""Who brought which household, invented: drawn by the household's number, the same in every run over the same receipts.

The data set knows no invitations. A part of the households comes by the link of one that was there before, a part by an
ambassador or a partner; of the friends a few are the referrer himself on his own phone, some with his own card.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import referrals.queries
from customers.rules import Brought
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Ambassador
from referrals.rules import code_of
from referrals.rules.ambassadors import AmbassadorTerms
from referrals.services import put_ambassador, record_visit

# Of all households but the first two: by a customer, by the ambassador, by the partner.
BY_CUSTOMER, BY_AMBASSADOR, BY_PARTNER = 0.35, 0.08, 0.07
# Of those brought by a customer: on his device; half of these with his card, too.
DISGUISED = 0.12
# Of the brought: without a visit, with a code typed in the app.
TYPED = 0.2
# Of all households: somebody looked at the link and did not register.
LOOKED = 0.3
CHANNELS = ("link", "telegram", "whatsapp", "vk", "qr", "share")
AMBASSADOR, PARTNER = "Journey ambassador", "Journey partner"
MANY = 100_000
PERIOD_DAYS = 120
RATE = Decimal(5)


@dataclass(frozen=True)
class Invitation:
    """`by` is the household that invites, or the name of an ambassador. `device` and `payer` name whose they are."""

    by: str
    via: str
    is_typed: bool
    device: str
    payer: str

    @property
    def is_ambassadors(self) -> bool:
        return self.by in {AMBASSADOR, PARTNER}


def invitation_of(household: str, earlier: Sequence[str]) -> Invitation | None:
    """Of the household, when `earlier` have registered before it, the first of them the ambassador himself."""
    if len(earlier) < 2:
        return None
    drawn, is_typed = draw(household, "brought"), draw(household, "typed") < TYPED
    via = "api" if is_typed else CHANNELS[int(draw(household, "via") * len(CHANNELS))]
    if drawn < BY_CUSTOMER:
        by = earlier[1 + int(draw(household, "by") * (len(earlier) - 1))]
        disguise = draw(household, "disguise")
        device = by if disguise < DISGUISED else household
        return Invitation(by, via, is_typed, device, by if disguise < DISGUISED / 2 else household)
    if drawn < BY_CUSTOMER + BY_AMBASSADOR + BY_PARTNER:
        name = AMBASSADOR if drawn < BY_CUSTOMER + BY_AMBASSADOR else PARTNER
        return Invitation(name, via, is_typed, household, household)
    return None


def planned(households: Sequence[str]) -> dict[str, Invitation]:
    """By household, of these in the order of their registration."""
    found = ((household, invitation_of(household, households[:place])) for place, household in enumerate(households))
    return {household: invitation for household, invitation in found if invitation}


@requires_transaction
def name_ambassador(*, customer_id: int, now: datetime) -> None:
    """The first household becomes the ambassador; a blog without an account is the partner. Once."""
    if Ambassador.objects.filter(name=AMBASSADOR).exists():
        return
    every_order = AmbassadorTerms(
        name=AMBASSADOR,
        rate_type="percent",
        rate=RATE,
        paid_in="points",
        customer_id=customer_id,
        every_order=True,
        period_days=PERIOD_DAYS,
        day_limit=MANY,
        month_limit=MANY,
    )
    first_order = AmbassadorTerms(
        name=PARTNER, rate_type="percent", rate=RATE, paid_in="money", day_limit=MANY, month_limit=MANY
    )
    for values in (every_order, first_order):
        put_ambassador(ambassador_id=None, values=values, by=None, now=now)


def code_by(invitation: Invitation, customers: dict[str, int]) -> str:
    if invitation.is_ambassadors:
        return Ambassador.objects.get(name=invitation.by).code
    return code_of(customers[invitation.by], key=referrals.queries.link_key())


@requires_transaction
def follow(*, code: str, invitation: Invitation, household: str, now: datetime) -> Brought:
    """The visit by the link, an hour before, and how the newcomer came by it; or a code typed in the app."""
    device, network = device_of(invitation.device), network_of(household)
    inviter = None if invitation.is_typed else referrals.queries.inviter(code)
    if inviter is None:
        return Brought(code, invitation.via, None, device, network)
    at = now - timedelta(hours=1)
    visit = record_visit(inviter=inviter, via=invitation.via, device=device, network=network, now=at)
    return Brought(code, invitation.via, visit.token, device, network)


@requires_transaction
def look(*, code: str, household: str, now: datetime) -> None:
    """Somebody follows the household's link and goes away again."""
    if inviter := referrals.queries.inviter(code):
        via = CHANNELS[int(draw(household, "looked via") * len(CHANNELS))]
        record_visit(inviter=inviter, via=via, device=f"journey-guest-{household}", network="", now=now)


def device_of(household: str) -> str:
    return f"journey-device-{household}"


def payer_of(household: str) -> str:
    return f"journey-card-{household}"


def network_of(household: str) -> str:
    """No two households of a day live in one network."""
    number = int(household)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def draw(household: str, what: str) -> float:
    """At least 0, below 1."""
    digest = hashlib.sha256(f"{what}:{household}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
