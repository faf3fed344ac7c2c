"""Purchases from files: found, checked, imported, taken back (CU-5, CU-6)."""

from decimal import Decimal

import pytest
from django.db import connection

from customers.imports import work
from customers.models import Customer, ImportRun, ImportTouched, Purchase, Rfm
from customers.queries.imports import wrong_lines, wrong_rows
from customers.rules.imports import rows
from customers.services import imports as services
from customers.services.imports import Choice, check_import, choose_columns, start_import, stop_import, undo_import
from loyalty_site.kernel.cells import csv_lines
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.imports.rows import carried_on, checked, customers, imported, purchases, undone, uploaded
from tests.factories import NOW, CardFactory, CustomerFactory, PurchaseFactory

pytestmark = pytest.mark.django_db

FILE = """Номер заказа;Дата;Сумма;Код клиента;Телефон
A-1;01.05.2024 12:30;1 234,56;c1;
A-2;2024-04-01;100;c1;
A-3;1 мая 2024;1000.5;;8 (916) 123-45-67
"""


def test_checking_counts_and_imports_nothing():
    CustomerFactory(external_id="c1", email=None, phone=None)

    run = checked(FILE)

    assert (run.state, run.counts) == (
        "checked",
        {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0, "customers": 1},
    )
    assert Purchase.objects.count() == 0
    assert Customer.objects.count() == 1


def test_purchases_are_imported_and_customers_found_or_made():
    CustomerFactory(external_id="c1", email=None, phone=None)

    run = imported(FILE)

    assert (run.state, run.counts["new"], run.counts["customers"]) == ("done", 3, 1)
    assert purchases() == [
        ("c1", "import:A-1", "import", Decimal("1234.56"), False),
        ("c1", "import:A-2", "import", Decimal("100.00"), True),
        (None, "import:A-3", "import", Decimal("1000.50"), True),
    ]
    assert Purchase.objects.get(ref="import:A-1").paid_at.isoformat() == "2024-05-01T09:30:00+00:00"
    assert Rfm.objects.count() == 2
    assert not ImportTouched.objects.exists()


def test_same_file_twice_adds_nothing():
    imported(FILE)
    before = purchases()

    run = imported(FILE)

    assert run.counts == {"new": 0, "changed": 0, "unchanged": 3, "wrong": 0, "customers": 0}
    assert purchases() == before


def test_import_is_taken_back_whole():
    mine = CustomerFactory(external_id="c1", email=None, phone=None)
    run = imported(FILE)

    run = undone(run)

    assert (run.state, run.counts["undone"], run.counts["removed"], run.kept_customers) == ("undone", 3, 1, [])
    assert (purchases(), list(Customer.objects.all()), Rfm.objects.count()) == ([], [mine], 0)


def test_customers_on_whom_something_hangs_stay_and_are_named():
    run = imported(FILE)
    customer = Customer.objects.get(phone="+79161234567")
    CardFactory(customer=customer)

    run = undone(run)

    assert (run.counts["removed"], run.kept_customers) == (1, [customer.pk])
    assert list(Customer.objects.all()) == [customer]


def test_wrong_lines_are_left_out_or_stop_the_import():
    run = checked(
        "номер,дата,сумма,email\n1,вчера,10,a@example.ru\n2,2024-01-01,10,b@example.ru\n2,2024-01-02,5,b@e.ru\n"
    )

    assert run.counts == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 2, "customers": 1}


def test_rows_of_one_person_make_one_customer():
    run = imported(
        "номер;дата;сумма;id;email;телефон;имя\n"
        "1;2024-01-01;10;;a@example.ru;;Покупатель\n"
        "2;2024-01-02;10;;a@example.ru;+7 916 123-45-67;\n"
        "3;2024-01-03;10;k7;;89161234567;\n"
        "4;2024-01-04;10;k8;;89161234567;\n"
    )

    assert customers() == [("k7", "a@example.ru", "+79161234567", "Покупатель", "", None)]
    assert (run.counts["new"], run.counts["wrong"]) == (3, 1)


def test_customers_are_found_by_card():
    customer = CustomerFactory(external_id="c9")
    CardFactory(customer=customer, number="4000123")

    run = imported("номер;дата;сумма;карта\n1;2024-01-01;10;4000 123\n2;2024-01-01;10;77777\n")

    assert purchases() == [("c9", "import:1", "import", Decimal("10.00"), True)]
    assert run.counts["wrong"] == 1


def test_unknown_customers_are_wrong_lines_when_none_are_to_be_made():
    run = imported(FILE, makes_customers=False)

    assert (run.counts["new"], run.counts["wrong"], Customer.objects.count()) == (0, 3, 0)


def test_purchases_of_a_merged_record_go_to_the_one_that_stayed():
    survivor = CustomerFactory(external_id="old")
    CustomerFactory(external_id="c1", email=None, phone=None, merged_into=survivor)

    imported("номер;дата;сумма;id\n1;2024-01-01;10;c1\n")

    assert purchases() == [("old", "import:1", "import", Decimal("10.00"), True)]


def test_a_mark_of_the_till_stays():
    customer = CustomerFactory(external_id="c1")
    Purchase.objects.create(
        customer=customer, ref="order:1", channel="site", paid_at="2024-06-01T00:00Z", goods_amount=5, is_first=True
    )

    imported("номер;дата;сумма;id\n1;2024-01-01;10;c1\n")

    assert [row[-1] for row in purchases()] == [False, True]


def test_empty_table_is_refused():
    run = checked("номер;дата;сумма;id\n")

    assert (run.state, run.failure) == (ImportRun.State.FAILED, {"code": "no_rows"})


def test_lines_that_became_wrong_after_the_check_stop_the_import():
    run = checked("номер;дата;сумма;email;телефон\n1;2024-01-01;10;a@example.ru;89161234567\n")
    CustomerFactory(email="a@example.ru", phone=None)
    CustomerFactory(email=None, phone="+79161234567", external_id="p")

    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    run = carried_on(run)

    assert (run.state, run.counts["wrong"], purchases()) == ("checked", 1, [])
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=True, now=NOW))
    assert carried_on(run).state == "done"


def test_number_of_another_purchase_is_a_wrong_line():
    imported("номер;дата;сумма;скидка;id\n1;2024-01-01;10;1;c\n2;2024-01-01;20;;c\n3;2024-01-01;30;;c\n")

    run = checked(
        "номер;дата;сумма;возврат;id\n1;2024-01-01 18:00;10;;c\n2;2024-01-01;20;5;c\n"
        "3;2025-01-01;30;;d\n4;2025-01-01;1;;e\n"
    )

    assert run.counts == {"new": 1, "changed": 0, "unchanged": 1, "wrong": 2, "customers": 1}
    assert [(wrong.line, wrong.problems[0].code) for wrong in wrong_lines(run, limit=9)] == [
        (3, "other_purchase"),
        (4, "other_purchase"),
    ]


def test_worker_that_was_overtaken_leaves_the_new_beginning_alone(monkeypatch):
    """Stopped and begun anew with other columns, between two portions of the first reading."""
    monkeypatch.setattr(work, "CHUNK", 1)
    run = uploaded("номер;чек;дата;сумма;id\n1;9;2024-01-01;10;c\n2;8;2024-01-01;10;c\n3;7;2024-01-01;10;c\n")
    in_transaction(lambda: check_import(run_id=run.pk, now=NOW))
    stage, seen = services.stage_rows, []

    def overtaken(**how):
        if len(seen) == 1:
            in_transaction(lambda: stop_import(run_id=run.pk, now=NOW))
            in_transaction(lambda: choose_columns(run_id=run.pk, choice=others, now=NOW))
            in_transaction(lambda: check_import(run_id=run.pk, now=NOW))
        seen.append(how["after"])
        return stage(**how)

    others = Choice("utf-8-sig", ";", run.header, {**run.columns, "number": 1})
    monkeypatch.setattr(services, "stage_rows", overtaken)

    run = carried_on(run)

    assert (run.state, run.position, run.counts["new"], seen) == ("checked", 3, 3, [0, 1, 0, 1, 2])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM customers_import_stage_{run.pk} ORDER BY line")
        assert [number for (number,) in cursor.fetchall()] == ["9", "8", "7"]


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_said_and_ends_the_run(monkeypatch):
    monkeypatch.setattr(rows, "_escaped", lambda text: "a\tb")
    run = checked("номер;дата;сумма;id\n1;2024-01-01;10;c\n")

    assert (run.state, run.failure["code"]) == ("failed", "unstorable")


def test_asking_twice_imports_and_takes_back_once():
    run = checked(FILE)
    for _click in range(2):
        in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    run = carried_on(run)
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    assert (carried_on(run).state, len(purchases())) == ("done", 3)

    for _click in range(2):
        in_transaction(lambda: undo_import(run_id=run.pk, by=None, now=NOW))
    run = undone(run)

    assert (run.state, run.counts["undone"], purchases()) == ("undone", 3, [])


def test_second_worker_leaves_the_run_to_the_first(second_session):
    run = uploaded(FILE)
    in_transaction(lambda: check_import(run_id=run.pk, now=NOW))
    second_session.execute("SELECT pg_advisory_lock(%s, %s)", [work.IMPORTING, run.pk])

    assert (carried_on(run).state, run.position) == ("checking", 0)

    second_session.execute("SELECT pg_advisory_unlock(%s, %s)", [work.IMPORTING, run.pk])
    assert (carried_on(run).state, run.position) == ("checked", 3)


def test_what_was_bought_since_stays_when_an_import_is_taken_back():
    run = imported("номер;дата;сумма;возврат;id\n1;2024-01-01;10;4;c1\n2;2024-01-02;20;20;c1\n3;2024-01-02;5;;c2\n")
    customer = Customer.objects.get(external_id="c1")
    assert [row[1::3] for row in purchases()] == [("import:1", True), ("import:2", False), ("import:3", True)]
    PurchaseFactory(customer=customer, ref="order:7", goods_amount=300, paid_at=NOW, is_first=False)

    run = undone(run)

    assert (run.kept_customers, run.counts["removed"]) == ([customer.pk], 1)
    assert purchases() == [("c1", "order:7", "site", Decimal("300.00"), False)]
    assert list(Rfm.objects.values_list("customer", "frequency", "monetary")) == [(customer.pk, 1, Decimal("300.00"))]


def test_list_of_wrong_lines_can_be_corrected_and_uploaded():
    """Its cells are guarded against formulas, its first columns are ours: the corrected file is read all the same."""
    run = checked("Номер;Дата;Сумма;Телефон\n1;вчера;100;+7 916 123-45-67\n")
    header = ["строка", "что не так", *run.header]
    lines = csv_lines(header, [["2", "…", *row] for _wrong, row in wrong_rows(run)])

    corrected = imported("".join(lines).replace("вчера", "01.05.2024"))

    assert (corrected.counts["new"], corrected.counts["wrong"]) == (1, 0)
    assert customers() == [(None, None, "+79161234567", "", "", None)]
