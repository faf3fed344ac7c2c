"""Files and what is staged of them hold personal data: they go with their days, and with an erased customer (CU-4)."""

import os
from datetime import timedelta

import pytest

from customers.imports import store
from customers.models import Customer, ImportChange, ImportRun
from customers.services.imports import forget_imports
from customers.services.imports.tables import Tables
from customers.tasks import forget_old_imports
from tests.customers.imports.rows import checked, imported, uploaded
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db

FILE = "id;имя;email\n7;Покупатель;a@example.ru\n"


def test_old_files_go_with_what_was_staged():
    run = imported(FILE, kind="customers", file_until=NOW - timedelta(days=4000))
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
