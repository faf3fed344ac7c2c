"""The doctor finds what must not be: each invariant of points is broken on purpose once."""

import pytest
from django.db import connection

from points.queries import INVARIANTS
from tests.factories import CustomerFactory
from tests.points.rows import day, earn, expire, give_back, offenders, spend, take_back

pytestmark = pytest.mark.django_db

# A statement that breaks one invariant each, around the rows of `books`.
BREAKS = {
    "points_balance_adds_up": "UPDATE points_lot SET remaining = remaining - 1 WHERE fact = 'earn:order:1'",
    "points_lot_adds_up": "UPDATE points_entry SET amount = amount - 1 WHERE kind = 'spend'",
    "points_lot_was_earned": "UPDATE points_lot SET amount = amount + 1 WHERE fact = 'earn:order:1'",
    "points_debt_is_recorded": "UPDATE points_pointsaccount SET debt = 5 WHERE debt = 0",
    "points_debt_is_paid_first": "UPDATE points_lot SET remaining = 1, expires_at = now() + interval '1 day'"
    " WHERE fact = 'earn:order:8'",
    "points_fact_once": "UPDATE points_entry SET fact = 'earn:order:1', part = 1 WHERE fact = 'earn:order:2'",
    "points_reversals_within": "UPDATE points_entry SET amount = 70 WHERE kind = 'return'",
    "points_spent_alive": "UPDATE points_entry SET posted_at = posted_at + interval '400 days' WHERE kind = 'spend'",
    "points_expired_on_time": "UPDATE points_lot SET expires_at = now() - interval '25 hours' WHERE remaining > 0",
    "points_first_purchase_once": "UPDATE points_lot SET kind = 'first_purchase' WHERE fact LIKE 'earn:order:_'",
    "points_gift_was_given": "INSERT INTO points_occasiongift"
    " (occasion_id, customer_id, lot_id, year, day, amount, given_at)"
    " SELECT 1, account_id, id, 2026, '2026-06-12', amount, now() FROM points_lot WHERE fact = 'earn:order:1'",
    "points_gift_once_a_year": "INSERT INTO points_occasiongift"
    " (occasion_id, customer_id, lot_id, year, day, amount, given_at)"
    " SELECT 1, account_id, id, 2026, '2026-06-12', amount, now() FROM points_lot"
    " WHERE fact IN ('earn:order:1', 'earn:order:2')",
}


TABLES = ["points_lot", "points_entry", "points_pointsaccount", "points_occasiongift"]


@pytest.fixture
def books(db):
    """One customer with points, spent and returned; one in debt; one whose points expired."""
    customer, debtor, sleeper = (CustomerFactory.create() for _ in range(3))
    earn(customer, 100, "earn:order:1", expires_at=day(365))
    earn(customer, 50, "earn:order:2", expires_at=day(364))
    spend(customer, 60, "order:3")
    give_back("order:3", 5, "return:1")
    earn(debtor, 80, "earn:order:8")
    spend(debtor, 80, "order:9")
    take_back("earn:order:8", 80, "take_back:1")
    earn(sleeper, 10, "earn:order:10", expires_at=day(1))
    expire(day(2))


def plant(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'u')"
            " AND conrelid = ANY(%s::regclass[])",
            [TABLES],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("DROP INDEX points_entry_fact_once")
        cursor.execute("DROP INDEX IF EXISTS points_gift_once_a_year")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)


def test_true_books_have_no_offenders(books):
    assert offenders() == set()


@pytest.mark.parametrize("code", BREAKS)
def test_planted_offender_is_found(books, code):
    plant(BREAKS[code])
    assert code in offenders()


def test_every_invariant_is_broken_once():
    assert {item.code for item in INVARIANTS} == set(BREAKS)
