"""The data set's households as customers of the shop, and who was sent which campaign as segments."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from customers.models import Customer, Segment, SegmentMembership
from customers.rules import Brought
from customers.services import register_customer
from loyalty_site.journey.dataset import Dataset, Frame
from loyalty_site.journey.invitations import (
    LOOKED,
    Invitation,
    code_by,
    device_of,
    draw,
    follow,
    look,
    name_ambassador,
    network_of,
    planned,
)
from loyalty_site.kernel.transactions import in_transaction
from referrals.queries import link_key
from referrals.rules import code_of

PREFIX = "journey-"


def external_id(household: object) -> str:
    return f"{PREFIX}{household}"


def add_households(transactions: Frame, *, seen: Callable[[int], None]) -> dict[str, int]:
    """A customer for each household of these receipts, registered at its first; primary keys by household.

    In order of time, so that who brings somebody was there before; `seen` is told how many are done. Those that exist
    already are left as they are.
    """
    first_visits = registrations(transactions)
    known = known_households()
    plan = planned(list(first_visits))
    for done, (household, now) in enumerate(first_visits.items()):
        seen(done)
        if household in known:
            continue
        invitation = plan.get(household)
        known[household] = in_transaction(partial(_come, household, invitation, known, now)).pk
        if not done:
            in_transaction(partial(name_ambassador, customer_id=known[household], now=now))
    return known


def registrations(transactions: Frame) -> dict[str, datetime]:
    """When each household registers: at its first receipt, the earliest first."""
    first_visits = transactions.groupby("household_id").transaction_timestamp.min()
    moments = sorted(
        (moment.to_pydatetime().replace(tzinfo=UTC), household) for household, moment in first_visits.items()
    )
    return {str(household): moment for moment, household in moments}


def known_households() -> dict[str, int]:
    rows = Customer.objects.filter(external_id__startswith=PREFIX).values_list("external_id", "pk")
    return {external.removeprefix(PREFIX): pk for external, pk in rows if external}


def _come(household: str, invitation: Invitation | None, known: dict[str, int], now: datetime) -> Customer:
    """The visit by the link and the registration; then the new household's own link is looked at, by some."""
    brought = Brought(device=device_of(household), network=network_of(household))
    if invitation:
        code = code_by(invitation, known)
        brought = follow(code=code, invitation=invitation, household=household, now=now)
    customer = _register(household, brought, now)
    if draw(household, "looked") < LOOKED:
        look(code=code_of(customer.pk, key=link_key()), household=household, now=now)
    return customer


def _register(household: str, brought: Brought, now: datetime) -> Customer:
    return register_customer(
        email=None,
        phone=None,
        first_name="Household",
        last_name=household,
        birthday=None,
        consents=(),
        external_id=external_id(household),
        now=now,
        source="journey",
        user=None,
        brought=brought,
    )


def segment_code(campaign: int) -> str:
    return f"{PREFIX}campaign-{campaign}"


def add_segment(dataset: Dataset, campaign: int, customers: dict[str, int]) -> None:
    """The households that a campaign was sent to, of those that are customers here."""
    segment, _created = Segment.objects.get_or_create(
        code=segment_code(campaign), defaults={"name": f"Complete Journey, campaign {campaign}"}
    )
    sent_to = dataset.campaigns[dataset.campaigns.campaign_id == campaign].household_id
    members = [customers[str(household)] for household in sent_to if str(household) in customers]
    SegmentMembership.objects.bulk_create(
        [SegmentMembership(segment=segment, customer_id=member) for member in members], ignore_conflicts=True
    )
