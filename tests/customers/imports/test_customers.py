"""Customers from files: registered, filled in or overwritten, taken back (CU-6)."""

from datetime import date

import pytest

from customers.models import Consent, Customer, ImportChange, StaleCustomer
from tests.customers.imports.rows import customers, imported, undone
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

HEADER = "id;имя;фамилия;телефон;email;день рождения;согласие email;согласие sms\n"


def of_customers(rows, **how):
    return imported(HEADER + rows, kind="customers", **how)


def test_new_customers_are_registered_with_consents():
    run = of_customers("7;Покупатель;Первый;8 916 123-45-67;A@Example.RU;12.06.1990;да;нет\n")

    assert run.counts == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 0, "customers": 1}
    assert customers() == [("7", "a@example.ru", "+79161234567", "Покупатель", "Первый", date(1990, 6, 12))]
    assert list(Consent.objects.values_list("purpose", "source", "withdrawn_at")) == [
        ("email", f"import:{run.pk}", None)
    ]


def test_only_what_is_empty_is_filled_in():
    CustomerFactory(external_id="7", email="old@example.ru", phone=None, first_name="", last_name="Прежний")

    run = of_customers("7;Покупатель;Новый;89161234567;new@example.ru;;;\n")

    assert run.counts["changed"] == 1
    assert customers() == [("7", "old@example.ru", "+79161234567", "Покупатель", "Прежний", None)]


def test_file_overwrites_and_is_taken_back_but_for_later_changes():
    known = CustomerFactory(external_id="7", email="old@example.ru", phone=None, first_name="А", last_name="Прежний")
    run = of_customers("7;Покупатель;Новый;89161234567;new@example.ru;;да;\n", match="overwrite")
    assert customers() == [("7", "new@example.ru", "+79161234567", "Покупатель", "Новый", None)]
    Customer.objects.filter(pk=known.pk).update(last_name="Позднейший")

    run = undone(run)

    assert customers() == [("7", "old@example.ru", None, "А", "Позднейший", None)]
    assert run.counts["put_back"] == 3
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_same_file_twice_changes_nothing():
    rows = "7;Покупатель;Первый;8 916 123-45-67;a@example.ru;12.06.1990;да;нет\n"
    of_customers(rows)

    run = of_customers(rows)

    assert run.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0, "customers": 0}
    assert not ImportChange.objects.exists()


def test_withdrawn_consent_is_not_given_again():
    known = CustomerFactory(external_id="7")
    Consent.objects.create(
        customer=known, purpose="email", given_at="2024-01-01T00:00Z", withdrawn_at="2024-02-01T00:00Z", source="site"
    )

    of_customers("7;;;;;;да;\n")

    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_address_of_another_customer_is_a_wrong_line():
    CustomerFactory(external_id="1", email="a@example.ru")
    CustomerFactory(external_id="2", email="b@example.ru")

    run = of_customers("1;;;;b@example.ru;;;\n3;;;89161234567;;;;\n4;;;+7 916 123 45 67;;;;\n")

    assert (run.counts["wrong"], run.counts["new"]) == (2, 1)


def test_customer_who_bought_nothing_goes_when_the_import_is_taken_back():
    run = undone(of_customers("7;Покупатель;Первый;;a@example.ru;;да;\n"))

    assert (run.state, customers(), run.kept_customers) == ("undone", [], [])


def test_consent_that_ended_with_its_import_is_given_by_the_corrected_file():
    known = CustomerFactory(external_id="7")
    wrong = undone(of_customers("7;;;;;;да;\n"))
    assert StaleCustomer.objects.filter(customer=known).exists()

    right = of_customers("7;;;;;;да;\n")

    assert right.counts["changed"] == 1
    assert list(Consent.objects.order_by("pk").values_list("source", "withdrawn_source")) == [
        (f"import:{wrong.pk}", f"import:{wrong.pk}"),
        (f"import:{right.pk}", ""),
    ]


def test_file_of_somebody_else_is_stopped_by_its_contacts():
    """Found by e-mail, another phone in the file: filled in or kept, never a second customer."""
    CustomerFactory(external_id=None, email="a@example.ru", phone="+79160000001")

    run = of_customers(";Покупатель;;8 916 123-45-67;a@example.ru;;;\n")

    assert (run.counts["new"], Customer.objects.count()) == (0, 1)
    assert str(Customer.objects.get().phone) == "+79160000001"
