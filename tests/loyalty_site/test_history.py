"""The audit trail and the ledger stay as they were written, whatever the program tries (RELIABILITY 24)."""

from datetime import timedelta

import pghistory
import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

import loyalty_site.invariants
from loyalty_site.history import history_tables, protect_history
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

TABLES = history_tables()


@pytest.fixture
def event_of_today() -> None:
    with pghistory.context(user=None, url="/"):
        programme = ProgrammeFactory()
        programme.points_hold_days += 1
        programme.save()


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def unprotected() -> list[tuple[str, str]]:
    found = next(item for item in loyalty_site.invariants.INVARIANTS if item.code == "history_is_protected")
    with connection.cursor() as cursor:
        cursor.execute(found.sql)
        return [(of, allows) for of, allows in cursor.fetchall()]


def test_every_kind_of_change_has_its_table() -> None:
    assert {"customers_programmeevent", "orders_orderevent", "promocodes_promocodeevent"} <= set(TABLES)
    assert unprotected() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_programmeevent SET pgh_label = 'other'",
        "DELETE FROM customers_programmeevent",
        "DELETE FROM pghistory_context",
    ],
)
@pytest.mark.usefixtures("event_of_today")
def test_history_cannot_be_changed(sql: str) -> None:
    with pytest.raises(ProgrammingError, match="is history: it stays as it was written"):
        run(sql)


@pytest.mark.parametrize("table", [*TABLES, "pghistory_context"])
def test_history_cannot_be_emptied(table: str) -> None:
    run("SET LOCAL loyalty.may_truncate = off")
    with pytest.raises(ProgrammingError, match="is history: it stays as it was written"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.usefixtures("event_of_today")
def test_who_it_was_may_be_added_to_only_for_a_day() -> None:
    run("UPDATE pghistory_context SET metadata = metadata || '{\"note\": 1}'")
    before = timezone.now() - timedelta(days=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pghistory_context SET created_at = %s", [before])
    with pytest.raises(ProgrammingError, match="is history: it stays as it was written"):
        run("UPDATE pghistory_context SET metadata = '{}'")


@pytest.mark.parametrize(
    ("sql", "allowed"),
    [
        ("DROP TRIGGER history_never_emptied ON orders_orderevent", [("orders_orderevent", "TRUNCATE")]),
        (
            "ALTER TABLE points_entry DISABLE TRIGGER USER",
            [("points_entry", "DELETE"), ("points_entry", "TRUNCATE"), ("points_entry", "UPDATE")],
        ),
    ],
)
def test_doctor_sees_what_was_switched_off(sql: str, allowed: list[tuple[str, str]]) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(sql)
    assert sorted(unprotected()) == allowed


def test_protection_comes_back_with_the_next_migration() -> None:
    run("DROP TRIGGER history_never_emptied ON orders_orderevent")
    protect_history()
    assert unprotected() == []
