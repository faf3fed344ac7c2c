"""The virtual card that comes with the first payment (O-5)."""

import pytest

from tests.factories import NOW, CardFactory, CustomerFactory
from tests.tiers.rows import day
from tiers import services
from tiers.models import Card
from tiers.rules import with_check_digit

pytestmark = pytest.mark.django_db


def issue(customer, *, on=0):
    return services.issue_card(customer_id=customer.pk, now=day(on))


def test_the_first_payment_issues_a_card(django_assert_num_queries):
    customer = CustomerFactory.create()
    with django_assert_num_queries(1):
        card = issue(customer)
    assert card == Card.objects.get()
    assert (card.kind, card.customer, card.percent, card.issued_at, card.blocked_at) == (
        "virtual",
        customer,
        0,
        NOW,
        None,
    )
    assert len(card.number) == 16
    assert with_check_digit(card.number[:-1]) == card.number


def test_later_payments_find_it(django_assert_num_queries):
    customer = CustomerFactory.create()
    first = issue(customer)
    Card.objects.update(blocked_at=NOW)
    with django_assert_num_queries(1):
        assert issue(customer, on=1) == first
    assert Card.objects.count() == 1


def test_an_imported_card_is_no_virtual_one():
    customer = CustomerFactory.create()
    CardFactory.create(customer=customer)
    assert issue(customer).kind == "virtual"


def test_every_customer_has_a_number_of_his_own():
    numbers = {issue(CustomerFactory.create()).number for _ in range(20)}
    assert len(numbers) == 20
