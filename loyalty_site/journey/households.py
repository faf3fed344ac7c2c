"""The data set's households as customers of the shop, and who was sent which campaign as segments."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from customers.models import Customer, Segment, SegmentMembership
from customers.services import register_customer
from loyalty_site.journey.dataset import Dataset, Frame
from loyalty_site.kernel.transactions import in_transaction

PREFIX = "journey-"


def external_id(household: object) -> str:
    return f"{PREFIX}{household}"


def add_households(transactions: Frame, *, seen: Callable[[int], None]) -> dict[str, int]:
    """A customer for each household of these receipts, registered at its first; primary keys by household.

    `seen` is told how many are done. Those that exist already are left as they are.
    """
    first_visits = transactions.groupby("household_id").transaction_timestamp.min()
    known = known_households()
    for done, (household, moment) in enumerate(sorted(first_visits.items())):
        seen(done)
        if str(household) not in known:
            now = moment.to_pydatetime().replace(tzinfo=UTC)
            known[str(household)] = in_transaction(partial(_register, str(household), now)).pk
    return known


def known_households() -> dict[str, int]:
    rows = Customer.objects.filter(external_id__startswith=PREFIX).values_list("external_id", "pk")
    return {external.removeprefix(PREFIX): pk for external, pk in rows if external}


def _register(household: str, now: datetime) -> Customer:
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
