"""Files and what is staged of them hold personal data: they go with their days, and with an erased customer (CU-4)."""

import os
from datetime import timedelta

import pytest

from customers.imports import store
from customers.models import Customer, ImportChange, ImportRun, Purchase
from customers.services import erase_at_once
from customers.services.imports import FileIsGone, check_import, forget_imports, start_import
from customers.services.imports.tables import Tables
from customers.tasks import forget_old_imports
from tests.customers.imports.rows import carried_on, checked, imported, uploaded
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db

FILE = "id;имя;email\n7;Покупатель;a@example.ru\n"


def test_old_files_go_with_what_was_staged():
    run = imported(FILE, kind="customers")
    ImportRun.objects.filter(pk=run.pk).update(file_until=NOW - timedelta(days=4000))
    key = run.file_key

    forget_old_imports()

    run.refresh_from_db()
    assert (run.file_key, store.path_of(key).exists(), Tables(run.pk).are_there()) == ("", False, False)


def test_erased_customer_leaves_no_file():
    CustomerFactory(external_id="7", email=None, phone=None, first_name="")
    changed = imported(FILE, kind="customers")
    waiting = checked("номер;дата;сумма;email\n1;2024-01-01;5;a@example.ru\n")
    another = checked("номер;дата;сумма;email\n1;2024-01-01;5;b@example.ru\n")

    forget_imports(customer=Customer.objects.get(external_id="7"), now=NOW)

    for run in (changed, waiting, another):
        run.refresh_from_db()
    assert [bool(run.file_key) for run in (changed, waiting, another)] == [False, False, True]
    assert not ImportChange.objects.exists()


def test_file_that_nobody_has_understood_yet_goes_with_an_erased_customer():
    erased = CustomerFactory(external_id="7", email="a@example.ru")
    unread = uploaded(FILE, kind="customers")
    wrong = checked("номер;дата;сумма;email\n1;вчера;5;a@example.ru\n2;2024-01-01;5;b@example.ru\n")
    busy = checked("номер;дата;сумма;email\n3;2024-01-01;5;a@example.ru\n")
    ImportRun.objects.filter(pk=busy.pk).update(state="importing")

    forget_imports(customer=erased, now=NOW)

    kept = ImportRun.objects.exclude(file_key="")
    assert list(kept.values_list("pk", "file_until")) == [(busy.pk, NOW)]
    assert not Tables(wrong.pk).are_there()
    assert not store.path_of(unread.file_key).exists()


def test_files_that_nobody_knows_of_go_after_a_day():
    known = uploaded(FILE, kind="customers", file_until=NOW + timedelta(days=40_000))
    old, fresh = store.keep_chunks([b"a"]), store.keep_chunks([b"b"])
    for key in (old, known.file_key):
        os.utime(store.path_of(key), (0, 0))

    forget_old_imports()

    assert {path.name for path in store.directory().iterdir()} == {known.file_key, fresh}


def test_upload_that_breaks_off_leaves_nothing():
    def broken():
        yield b"a"
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="the line is cut"):
        store.keep_chunks(broken())

    assert list(store.directory().iterdir()) == []


PURCHASES = "номер;дата;сумма;email\n1;2024-01-01;5;a@example.ru\n2;2024-01-02;7;b@example.ru\n"


def test_a_purchase_by_whatever_sign_names_its_file():
    run = imported(PURCHASES)
    person = Customer.objects.get(email="a@example.ru")
    Customer.objects.filter(pk=person.pk).update(email=None, phone="+79160001234", import_run=None)

    forget_imports(customer=Customer.objects.get(pk=person.pk), now=NOW)

    run.refresh_from_db()
    assert (run.file_key, Tables(run.pk).are_there()) == ("", False)


def test_an_address_he_gave_up_names_a_file():
    person = CustomerFactory(email="a@example.ru")
    waiting = checked(PURCHASES)
    Customer.objects.filter(pk=person.pk).update(email="later@example.ru")

    forget_imports(customer=Customer.objects.get(pk=person.pk), now=NOW)

    waiting.refresh_from_db()
    assert waiting.file_key == ""


def test_a_first_line_without_titles_and_a_name_of_a_file_go():
    person = CustomerFactory(email="a@example.ru", phone="+79160001234")
    run = uploaded(FILE, name="a@example.ru.csv", header=["1", "2024-01-01", "5", "8 (916) 000-12-34"])

    forget_imports(customer=person, now=NOW)

    run.refresh_from_db()
    assert (run.header, run.file_name) == ([], "—")


@pytest.mark.parametrize("kind", ["purchases", "customers"])
def test_a_busy_import_brings_nobody_back_and_its_file_goes_afterwards(kind: str):
    person = CustomerFactory(email="a@example.ru", phone=None)
    file = PURCHASES if kind == "purchases" else "email;имя\na@example.ru;Покупатель\nb@example.ru;Покупатель\n"
    run = checked(file, kind=kind)
    start_import(run_id=run.pk, skips_wrong=False, now=NOW)

    erase_at_once(customer_id=person.pk, source="staff", by=None, reason="", now=NOW)
    is_waited_for = bool(ImportRun.objects.get(pk=run.pk).file_key)
    carried_on(run)
    forget_old_imports()

    run.refresh_from_db()
    assert (is_waited_for, run.state, run.file_key) == (True, "done", "")
    assert list(Customer.objects.order_by("pk").values_list("email", flat=True)) == [None, "b@example.ru"]
    assert list(Purchase.objects.values_list("ref", flat=True)) == (["import:2"] if kind == "purchases" else [])


def test_a_file_that_is_being_read_is_not_imported_any_more():
    """Whoever stands in it, further down maybe, is not known yet."""
    person = CustomerFactory(email="a@example.ru", phone=None)
    run = uploaded(PURCHASES)
    check_import(run_id=run.pk, now=NOW)

    erase_at_once(customer_id=person.pk, source="staff", by=None, reason="", now=NOW)
    carried_on(run)

    with pytest.raises(FileIsGone):
        start_import(run_id=run.pk, skips_wrong=True, now=NOW)


def test_rows_that_were_read_already_are_blanked():
    person = CustomerFactory(email="a@example.ru", phone=None)
    run = checked(PURCHASES)
    ImportRun.objects.filter(pk=run.pk).update(state="checking")

    forget_imports(customer=person, now=NOW)
    carried_on(run)

    assert (run.state, run.counts["wrong"], Tables(run.pk).name(["a@example.ru"])) == ("checked", 1, False)
