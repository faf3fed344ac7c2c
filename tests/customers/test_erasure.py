"""Forgetting a customer: asked for, called off, carried out (CU-4)."""

from datetime import timedelta

import pytest

from customers.models import Customer, ErasedCustomer, ErasureRequest
from customers.services import (
    AlreadyErased,
    ErasureNotOpen,
    NoSuchCustomer,
    cancel_erasure,
    erase_at_once,
    erase_customer,
    request_erasure,
)
from tests.factories import NOW, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
ACCOUNT = ErasureRequest.Source.ACCOUNT


@pytest.fixture(autouse=True)
def erased_list(settings, tmp_path):
    settings.ERASED_LIST = str(tmp_path / "erased.csv")


def test_request_waits_for_the_term_and_is_one():
    customer = CustomerFactory()

    first = request_erasure(customer_id=customer.pk, source=ACCOUNT, by=None, now=NOW)
    again = request_erasure(customer_id=customer.pk, source=ACCOUNT, by=None, now=NOW + timedelta(days=1))

    assert (first.pk, first.due_at) == (again.pk, NOW + timedelta(days=14))


def test_request_at_once_brings_an_open_one_forward():
    customer, staff = CustomerFactory(), UserFactory(is_staff=True)
    request_erasure(customer_id=customer.pk, source=ACCOUNT, by=None, now=NOW)

    request = request_erasure(customer_id=customer.pk, source="staff", by=staff, now=NOW, at_once=True)

    assert request.due_at == NOW


def test_request_is_called_off_once():
    customer = CustomerFactory()
    request_erasure(customer_id=customer.pk, source=ACCOUNT, by=None, now=NOW)

    called_off = cancel_erasure(customer_id=customer.pk, by=None, now=NOW)

    assert called_off.cancelled_at == NOW
    with pytest.raises(ErasureNotOpen):
        cancel_erasure(customer_id=customer.pk, by=None, now=NOW)


def test_request_of_nobody_is_refused():
    with pytest.raises(NoSuchCustomer):
        request_erasure(customer_id=1, source=ACCOUNT, by=None, now=NOW)


def test_erasing_empties_the_record_and_keeps_the_ids():
    user = UserFactory()
    customer = CustomerFactory(
        user=user, phone="+79123456789", first_name="Покупатель", last_name="Первый", external_id="42"
    )

    erased = erase_customer(customer_id=customer.pk, now=NOW)

    row = Customer.objects.values().get(pk=customer.pk)
    assert row == {
        "id": customer.pk,
        "public_id": customer.public_id,
        "user_id": None,
        "external_id": None,
        "email": None,
        "phone": None,
        "first_name": "",
        "last_name": "",
        "birthday": None,
        **{name: row[name] for name in row if name.startswith(("birthday_", "import_"))},
        "registered_at": NOW,
        "manager_id": None,
        "merged_into_id": None,
        "erased_at": NOW,
    }
    assert (erased.customer_key, erased.public_id) == (customer.pk, customer.public_id)
    assert not type(user).objects.filter(pk=user.pk).exists()


def test_erasing_twice_changes_nothing():
    customer = CustomerFactory()
    first = erase_customer(customer_id=customer.pk, now=NOW)

    again = erase_customer(customer_id=customer.pk, now=NOW + timedelta(days=1))

    assert (again.pk, again.erased_at, ErasedCustomer.objects.count()) == (first.pk, NOW, 1)
    with pytest.raises(AlreadyErased):
        request_erasure(customer_id=customer.pk, source=ACCOUNT, by=None, now=NOW)


def test_erasing_at_once_closes_the_request():
    customer, staff = CustomerFactory(), UserFactory(is_staff=True)

    erase_at_once(customer_id=customer.pk, source="staff", by=staff, reason="письмо от 1 июня", now=NOW)

    request = ErasureRequest.objects.get(customer=customer)
    assert (request.done_at, request.reason) == (NOW, "")


def test_the_same_address_may_register_anew():
    customer = CustomerFactory(email="new@shop.test")
    erase_customer(customer_id=customer.pk, now=NOW)

    assert CustomerFactory(email="new@shop.test").pk != customer.pk
