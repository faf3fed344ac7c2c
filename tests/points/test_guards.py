"""The database itself keeps the ledger (PT-1): whatever the program tries."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models.deletion import ProtectedError
from django.db.utils import DatabaseError

from points.models import Entry, Lot, PointsAccount
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.points.rows import adjust, day, earn

pytestmark = pytest.mark.django_db

TABLES = ("points_entry", "points_lot", "points_pointsaccount", "points_pendingadjustment")


@pytest.fixture
def customer():
    customer = CustomerFactory.create()
    earn(customer, 100, "earn:order:1")
    return customer


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE points_entry SET amount = 1",
        "UPDATE points_entry SET reason = 'other'",
        "DELETE FROM points_entry",
        "DELETE FROM points_lot",
        "DELETE FROM points_pointsaccount",
        "UPDATE points_lot SET amount = 200",
        "UPDATE points_lot SET available_from = now()",
        "UPDATE points_lot SET account_id = account_id + 1",
        "UPDATE points_pointsaccount SET customer_id = customer_id + 1",
    ],
)
def test_history_cannot_be_changed(customer, sql):
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot"):
        run(sql)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("cascade", ["", "CASCADE"])
def test_history_cannot_be_emptied(customer, table, cascade):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET LOCAL loyalty.may_truncate = off")
    with pytest.raises(ProgrammingError, match=r"is never emptied|cannot truncate a table referenced"):
        run(f"TRUNCATE {table} {cascade}")
    assert Entry.objects.count() == 1


def test_emptying_customers_does_not_empty_the_ledger(customer):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET LOCAL loyalty.may_truncate = off")
    with pytest.raises(ProgrammingError, match="is never emptied"):
        run("TRUNCATE customers_customer CASCADE")


def test_who_has_a_ledger_cannot_be_deleted(customer):
    author = UserFactory.create()
    adjust(customer, 5, by=author)
    for row in (customer, author):
        with pytest.raises(ProtectedError):
            row.delete()


LOT = {"kind": "manual", "amount": 10, "remaining": 10, "available_from": day(0), "expires_at": day(1)}
ENTRY = {"kind": "spend", "amount": -1, "posted_at": NOW}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"remaining": 11}, "points_lot_remaining_within"),
        ({"remaining": -1}, "points_lot_remaining"),
        ({"amount": 0, "remaining": 0}, "points_lot_remaining_within"),
        ({"expires_at": day(0)}, "points_lot_lives"),
        ({"fact": "earn:order:1"}, "points_lot_fact_once"),
        ({"account_id": -1}, "a lot without an account"),
    ],
)
def test_a_lot_must_make_sense(customer, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Lot.objects.create(**LOT | {"account_id": customer.pk, "fact": "lot:1"} | change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"fact": "earn:order:1"}, "points_entry_fact_once"),
        ({"amount": 0}, "points_entry_moves"),
        ({"amount": 1}, "points_entry_sign"),
        ({"kind": "earn"}, "points_entry_sign"),
        ({"kind": "return", "amount": 1}, "points_entry_reverses"),
        ({"kind": "take_back"}, "points_entry_reverses"),
        ({"kind": "expire", "amount": 1}, "points_entry_reverses"),
        ({"lot_id": None}, "points_entry_debt_kinds"),
        ({"lot_id": -1}, "an entry without its account"),
        ({"reverses_id": -1}, "an entry without its account"),
        ({"account_id": -1}, "an entry without its account"),
        ({"lot_id": None, "account_id": -1, "kind": "debt"}, "an entry without its account"),
    ],
)
def test_an_entry_must_make_sense(customer, change, constraint):
    given = {"account_id": customer.pk, "lot_id": Lot.objects.get().pk, "fact": "entry:1"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Entry.objects.create(**ENTRY | given | change)


def test_debt_is_not_negative(customer):
    with pytest.raises(IntegrityError, match="debt"), transaction.atomic():
        PointsAccount.objects.update(debt=-1)
