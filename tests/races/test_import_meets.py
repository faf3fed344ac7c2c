"""An import meets an erasure or a merge: the file is matched already when its customer goes (CU-3, CU-4, CU-6)."""

import multiprocessing
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.imports.work import carry_on
from customers.models import Customer, ImportRun
from customers.services import erase_at_once, merge_customers
from customers.services.imports import start_import
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.imports.rows import checked
from tests.factories import NOW, CustomerFactory
from tests.races.crowd import crowd, dawdle

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FILE = "email;имя\na@example.ru;Покупатель 1\nb@example.ru;Покупатель 2\n"


def forgotten(person: Customer) -> None:
    wanted: dict[str, Any] = {"source": "staff", "by": None, "reason": "", "now": timezone.now()}
    erase_at_once(customer_id=person.pk, **wanted)


def absorbed(person: Customer) -> None:
    older = Customer.objects.exclude(pk=person.pk).get()
    values: dict[str, Any] = {"kept": {}, "reason": "one person", "by": None, "now": timezone.now()}
    merge_customers(first_id=older.pk, second_id=person.pk, **values)


@pytest.mark.parametrize(
    ("happens", "left"),
    [
        (forgotten, [("older@example.ru", ""), (None, ""), ("b@example.ru", "Покупатель 2")]),
        (
            absorbed,
            [("older@example.ru", ""), (None, ""), ("a@example.ru", "Покупатель 1"), ("b@example.ru", "Покупатель 2")],
        ),
    ],
)
def test_an_import_that_waits_matches_afresh(happens: Any, left: Any, settings: Any, tmp_path: Any) -> None:
    """It would have written to a record that is nobody's by now, and the database refuses the whole file."""
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    CustomerFactory.create(email="older@example.ru", first_name="", phone=None)
    person = CustomerFactory.create(email="a@example.ru", first_name="", phone=None)
    run = checked(FILE, kind="customers", file_until=NOW + timedelta(days=40_000))
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    has_happened = multiprocessing.get_context("fork").Event()

    def slowly() -> None:
        happens(person)
        has_happened.set()
        dawdle(1.5)

    def attempt(number: int) -> str:
        if number == 0:
            in_transaction(slowly)
        else:
            assert has_happened.wait(timeout=60)
            carry_on(run.pk)
        return "done"

    assert crowd(attempt, 2, workers=2) == Counter(done=2)
    assert ImportRun.objects.get(pk=run.pk).state == "done"
    people = Customer.objects.order_by("pk").values_list("email", "first_name")
    assert list(people) == left
