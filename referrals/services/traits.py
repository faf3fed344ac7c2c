"""What a person's accounts have in common, noted where it is seen (R-5)."""

from collections.abc import Mapping
from datetime import datetime

from customers.models import Customer
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def note_traits(*, customer_id: int | None, traits: Mapping[str, str], now: datetime) -> None:
    """`traits` by kind (`Trait.Kind`) as they were seen, empty ones too; kept as keyed hashes. One statement.

    Without a customer they are a guest's.
    """


def note_contacts(*, customer: Customer, now: datetime) -> None:
    """The mailbox and the phone that a customer has now; what he had before stays known."""
    note_traits(customer_id=customer.pk, traits=contacts_of(customer), now=now)


def contacts_of(customer: Customer) -> dict[str, str]:
    return {"email": customer.email or "", "phone": str(customer.phone or "")}
