"""The ledger under concurrency: earning, spending, expiring and refunding on a few accounts (PT-4, PT-7).

Each experiment ends with all invariants, and none may deadlock. The control with the guard off must overspend:
otherwise the crowd proves nothing. `make chaos` runs the first for a minute.
"""

import functools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Entry, Lot
from points.services import NotEnoughPoints, posting
from tests.factories import CustomerFactory
from tests.points.rows import earn, offenders, sums
from tests.races.crowd import crowd
from tests.races.points_business import REFUSALS, deadlocks, do_business

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS, ACCOUNTS, SECONDS = 16, 20, 8


@pytest.fixture
def _no_deadlock() -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before


@pytest.mark.usefixtures("_no_deadlock")
def test_the_ledger_stays_true_under_everything_at_once() -> None:
    people = [CustomerFactory.create().pk for _ in range(ACCOUNTS)]

    counted = do_business(people, workers=WORKERS, seconds=SECONDS)

    assert set(counted) <= REFUSALS | {"done"}, counted
    # A debt needs a lot spent before it is taken back: that a few seconds may not bring.
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"earn", "spend", "return", "take_back", "expire"} <= kinds
    assert offenders() == set()


@pytest.mark.usefixtures("_no_deadlock")
def test_first_points_for_everybody_come_from_all_sides() -> None:
    for round_ in range(12):
        people = [CustomerFactory.create() for _ in range(ACCOUNTS)]

        def attempt(number: int, people: list[Customer] = people, round_: int = round_) -> str:
            if number % 2:
                return str(grant(people, f"holiday:{number}:{round_}"))
            earn(people[-1 - number // 2], 10, f"earn:{round_}:{number}")
            return "earned"

        assert crowd(attempt, WORKERS, workers=WORKERS) == Counter({"earned": 8, "20": 8})
    assert offenders() <= {"points_expired_on_time"}


def spend_one(customer: Customer, number: int, now: datetime) -> str:
    try:
        in_transaction(lambda: services.spend(customer_id=customer.pk, amount=1, order_ref=f"order:{number}", now=now))
    except NotEnoughPoints:
        return "not enough"
    return "spent"


def grant(people: list[Customer], fact: str) -> int:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    work = functools.partial(
        services.grant_to_many,
        customers=Customer.objects.filter(pk__in=[customer.pk for customer in people]),
        amount=5,
        kind="holiday",
        fact=fact,
        available_from=now,
        expires_at=now + timedelta(days=30),
        now=now,
    )
    return in_transaction(work).customers


@pytest.fixture
def rich() -> Customer:
    """100 points in four lots."""
    customer = CustomerFactory.create()
    for number in range(4):
        earn(customer, 25, f"earn:{number}")
    return customer


@pytest.mark.usefixtures("_no_deadlock")
def test_100_points_are_spent_100_times(rich: Customer) -> None:
    now = Lot.objects.earliest("pk").available_from
    answers = crowd(lambda number: spend_one(rich, number, now), 800, workers=WORKERS)
    assert answers == Counter({"spent": 100, "not enough": 700})
    assert sums(rich, now=now) == (0, 0, 0)
    assert offenders() <= {"points_expired_on_time"}


@pytest.mark.usefixtures("_no_deadlock")
def test_a_payment_reported_by_everybody_at_once_earns_once() -> None:
    customer = CustomerFactory.create()

    def attempt(_number: int) -> str:
        return "repeat" if earn(customer, 285, "earn:order:1").is_repeat else "earned"

    assert crowd(attempt, 64, workers=WORKERS) == Counter(earned=1, repeat=63)
    assert sums(customer) == (285, 0, 0)


@pytest.fixture
def _without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account is read and not locked, no constraint stands behind, and between reading and writing lies a moment.

    With it the control overspends on any machine: all workers have read before the first of them writes.
    """
    monkeypatch.setattr(posting, "LOCK", posting.LOCK.removesuffix(" FOR NO KEY UPDATE"))
    slow = posting.POST_LINES.replace(
        "WITH line AS (\n    SELECT * FROM unnest(",
        "WITH moment AS MATERIALIZED (SELECT pg_sleep(0.03)), line AS (\n    SELECT line.* FROM moment, unnest(",
    )
    assert slow != posting.POST_LINES
    monkeypatch.setattr(posting, "POST_LINES", slow)
    checks = remaining_checks()
    run(*(f'ALTER TABLE points_lot DROP CONSTRAINT "{name}"' for name, _definition in checks))
    yield
    run(
        "TRUNCATE points_entry, points_lot",
        *(f'ALTER TABLE points_lot ADD CONSTRAINT "{name}" {definition}' for name, definition in checks),
    )


def remaining_checks() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'points_lot'::regclass AND contype = 'c' AND conname ~ 'remaining'"
        )
        return list(cursor.fetchall())


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.usefixtures("_without_guards")
def test_control_without_the_lock_the_crowd_overspends(rich: Customer) -> None:
    now = Lot.objects.earliest("pk").available_from
    answers = crowd(lambda number: spend_one(rich, number, now), 800, workers=WORKERS)
    assert answers["spent"] > 100
    assert "points_lot_adds_up" in offenders()
