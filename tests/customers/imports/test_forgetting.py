"""Files and what is staged of them hold personal data: they go with their days, and with an erased customer (CU-4)."""

from datetime import timedelta

import pytest

from customers.imports import store
from customers.models import Customer, ImportChange
from customers.services.imports import forget_imports
from customers.services.imports.tables import Tables
from customers.tasks import forget_old_imports
from tests.customers.imports.rows import checked, imported
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
