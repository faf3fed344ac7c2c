"""Customers from files: registered, filled in or overwritten, taken back (CU-6)."""

import threading
from datetime import date

import pytest
from django.db import connection

from customers.models import Consent, Customer, ImportChange, StaleCustomer
from customers.services.imports import start_import
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.imports.rows import carried_on, checked, customers, imported, undone
from tests.factories import NOW, CustomerFactory

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


@pytest.mark.parametrize("own_id", ["S", None])
def test_id_of_a_merged_record_leads_to_the_one_that_stayed_and_is_left_to_it(own_id):
    stays = CustomerFactory(external_id=own_id, email="s@example.ru", phone=None, first_name="", last_name="")
    CustomerFactory(external_id="M", email=None, phone=None, merged_into=stays)

    run = of_customers("M;Новое;;;new@example.ru;;;\n", match="overwrite")

    assert (run.state, run.counts["changed"]) == ("done", 1)
    stays.refresh_from_db()
    assert (stays.external_id, stays.email, stays.first_name) == (own_id, "new@example.ru", "Новое")


def test_id_is_given_to_who_has_none_and_never_overwritten():
    CustomerFactory(external_id=None, email="a@example.ru", phone=None)
    CustomerFactory(external_id="B", email="b@example.ru", phone=None)

    run = of_customers("7;;;;a@example.ru;;;\n8;;;;b@example.ru;;;\n", match="overwrite")

    assert (run.counts["changed"], run.counts["wrong"]) == (1, 1)
    assert [row[:2] for row in customers()] == [("7", "a@example.ru"), ("B", "b@example.ru")]


@pytest.mark.django_db(transaction=True)
def test_customer_who_registers_while_rows_are_written_is_known_at_the_second_attempt(second_session, settings):
    """His row stands uncommitted when ours of the same address comes to it, and is committed a moment later."""
    settings.CUSTOMERS_IMPORTED = []
    run = checked(HEADER + "7;Покупатель;;;a@example.ru;;;\n", kind="customers")
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    columns = "public_id, email, first_name, last_name, registered_at"
    second_session.execute("BEGIN")
    second_session.execute(
        f"INSERT INTO customers_customer ({columns}) VALUES (gen_random_uuid(), 'a@example.ru', '', '', now())"
    )
    later = threading.Timer(0.3, second_session.execute, ["COMMIT"])
    later.start()

    run = carried_on(run)

    later.join()
    assert (run.state, run.counts["new"], run.counts["changed"]) == ("done", 0, 1)
    assert customers() == [("7", "a@example.ru", None, "Покупатель", "", None)]


@pytest.mark.django_db(transaction=True)
def test_rows_that_the_database_refuses_end_the_run_in_words(settings):
    settings.CUSTOMERS_IMPORTED = []
    run = checked(HEADER + "7;Покупатель;;;a@example.ru;;;\n", kind="customers")
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_customer ADD CONSTRAINT of_a_test CHECK (external_id <> '7')")
    try:
        run = carried_on(run)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE customers_customer DROP CONSTRAINT of_a_test")

    assert (run.state, run.failure, customers()) == ("failed", {"code": "clash"}, [])
