"""Registering and changing customers (CU-1, CU-2)."""

from datetime import date, timedelta

import pytest

from customers.models import Consent
from customers.services import (
    EmailTaken,
    ExternalIdTaken,
    NoSuchCustomer,
    PhoneTaken,
    register_customer,
    update_customer,
)
from loyalty_site.kernel.errors import InvalidInput
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db


def test_register_customer_normalises():
    customer = register_customer(
        email=" Anna@Пример.РФ ",
        phone="8 (912) 345-67-89",
        first_name=" Покупатель ",
        birthday=date(1990, 2, 28),
        consents=["email", "programme"],
        external_id="42",
        now=NOW,
        source="api",
    )

    customer.refresh_from_db()
    assert (customer.email, str(customer.phone), customer.first_name, customer.external_id) == (
        "anna@пример.рф",
        "+79123456789",
        "Покупатель",
        "42",
    )
    assert list(Consent.objects.order_by("purpose").values_list("purpose", "given_at", "source")) == [
        ("email", NOW, "api"),
        ("programme", NOW, "api"),
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["email"]),
        ({"email": "nobody", "phone": "12"}, ["email", "phone"]),
        ({"email": "a@b.ru", "birthday": date(2030, 1, 1)}, ["birthday"]),
        ({"email": "a@b.ru", "first_name": "x" * 101}, ["first_name"]),
        ({"email": "a@b.ru", "last_name": "a\x00b"}, ["last_name"]),
        ({"email": "a@b.ru", "consents": ["spam"]}, ["consents"]),
    ],
)
def test_register_customer_names_wrong_fields(fields, wrong):
    with pytest.raises(InvalidInput) as refusal:
        register_customer(**fields, now=NOW, source="api")
    assert [error.field for error in refusal.value.errors] == wrong


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"email": "ANNA@shop.test"}, EmailTaken),
        ({"phone": "9123456789"}, PhoneTaken),
        ({"external_id": "42"}, ExternalIdTaken),
    ],
)
def test_register_customer_refuses_what_is_taken(fields, refusal):
    CustomerFactory(email="anna@shop.test", phone="+79123456789", external_id="42")
    with pytest.raises(refusal):
        register_customer(**fields, now=NOW, source="api")


def test_update_customer_changes_only_what_is_given():
    customer = CustomerFactory(email="anna@shop.test", first_name="Покупатель")
    later = NOW + timedelta(days=1)
    update_customer(customer_id=customer.pk, changes={}, consents=["email", "sms"], now=NOW, source="site")

    changed = update_customer(
        customer_id=customer.pk,
        changes={"phone": "912 345 67 89"},
        consents=["sms"],
        now=later,
        source="site",
    )

    assert (changed.email, changed.first_name, changed.phone) == (
        "anna@shop.test",
        "Покупатель",
        "+79123456789",
    )
    assert list(Consent.objects.order_by("purpose").values_list("purpose", "given_at", "withdrawn_at")) == [
        ("email", NOW, later),
        ("sms", NOW, None),
    ]


def test_update_customer_keeps_a_way_to_know_him():
    customer = CustomerFactory()
    with pytest.raises(InvalidInput):
        update_customer(customer_id=customer.pk, changes={"email": ""}, now=NOW, source="site")


def test_update_customer_may_keep_own_email():
    customer = CustomerFactory(email="anna@shop.test")
    changes = {"email": "Anna@shop.test"}
    assert update_customer(customer_id=customer.pk, changes=changes, now=NOW, source="site").email == "anna@shop.test"


def test_update_unknown_customer_is_refused():
    with pytest.raises(NoSuchCustomer):
        update_customer(customer_id=1, changes={}, now=NOW, source="site")
