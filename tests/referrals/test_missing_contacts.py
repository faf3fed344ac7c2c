"""Customers who came past the front door get the traits of their mailbox and phone (R-5)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from referrals.models import Trait
from referrals.services import Noted, note_missing_contacts, note_traits
from referrals.tasks import note_missing_traits

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def imported(count: int) -> list[Customer]:
    """As an import writes them: by no service."""
    return Customer.objects.bulk_create(
        Customer(email=f"Imported+{number}.x@example.com", phone=f"+7912000000{number}") for number in range(count)
    )


def kinds() -> list[tuple[int | None, str]]:
    return sorted(Trait.objects.values_list("customer_id", "kind"), key=str)


def test_imported_customers_get_their_traits_in_chunks() -> None:
    first, second, third = imported(3)

    def chunk(after: int) -> Noted:
        return in_transaction(lambda: note_missing_contacts(now=NOW, after=after, limit=2))

    assert chunk(0) == Noted(2, second.pk)
    assert chunk(second.pk) == Noted(1, None)
    assert kinds() == sorted(
        [(customer.pk, kind) for customer in (first, second, third) for kind in ("email", "phone")], key=str
    )


def test_who_has_his_traits_is_passed_over() -> None:
    (known,) = imported(1)
    seen = {"email": str(known.email), "phone": str(known.phone)}
    in_transaction(lambda: note_traits(customer_id=known.pk, traits=seen, now=NOW))
    before = set(Trait.objects.values_list("pk", flat=True))

    assert note_missing_traits() == 0
    assert set(Trait.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_costs_two_statements(count: int, django_assert_num_queries: Any) -> None:
    imported(count)

    with django_assert_num_queries(2):
        in_transaction(lambda: note_missing_contacts(now=NOW, limit=10))
