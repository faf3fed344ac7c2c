"""The ledger under concurrency: earning, spending, expiring and refunding on a few accounts (PT-4, PT-7).

Days pass as seconds. Each experiment ends with all invariants, and none may deadlock. The control with the guard
off must overspend: otherwise the crowd proves nothing.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Entry, Lot
from points.services import NotEnoughPoints, posting
from tests.factories import CustomerFactory
from tests.points.rows import earn, offenders, sums
from tests.races.crowd import crowd

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS, ACCOUNTS = 16, 20
SECONDS = 60 if os.environ.get("CHAOS") else 8
REFUSALS = {"NotEnoughPoints", "FactTaken", "MoreThanLeft", "NothingSpent", "NothingEarned"}


@pytest.fixture
def _no_deadlock() -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Shop:
    """One worker's random business with everybody's accounts, orders and refunds: the others do the same."""

    def __init__(self, customers: list[int], opened: float, began: datetime, seed: int) -> None:
        self.customers, self.opened, self.began = customers, opened, began
        self.random = random.Random(seed)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(days=time.time() - self.opened)

    def business(self) -> Callable[[], object]:
        customer, number = self.random.choice(self.customers), self.random.randrange(40)
        order, now = f"order:{customer}:{number}", self.now
        some = self.random.choice([None, self.random.randint(1, 60)])
        match self.random.randrange(20):
            case 0 | 1 | 2 | 3 | 4:
                return lambda: self.earned(customer, f"earn:{order}", now)
            case 5 | 6 | 7 | 8 | 9 | 10:
                amount = 1 + number * 7 % 120
                return lambda: services.spend(customer_id=customer, amount=amount, order_ref=order, now=now)
            case 11 | 12 | 13:
                fact = f"return:{order}:{some}"
                return lambda: services.return_spent(order_ref=order, amount=some, fact=fact, now=now)
            case 14 | 15 | 16:
                fact = f"take_back:{order}:{some}"
                return lambda: services.take_back(earn_fact=f"earn:{order}", amount=some, fact=fact, now=now)
            case 17:
                amount, fact = self.random.choice([-20, 10]), f"manual:{self.random.random()}"
                return lambda: services.adjust(
                    customer_id=customer, amount=amount, reason="chaos", by=None, fact=fact, now=now
                )
            case 18:
                return lambda: self.granted(number, now)
        return lambda: services.expire_due(now=now, limit=50)

    def earned(self, customer: int, fact: str, now: datetime) -> object:
        starts = now + timedelta(days=self.random.choice([0, 0, 1]))
        return services.earn(
            customer_id=customer,
            amount=1 + len(fact) * 7 % 60,
            kind="purchase",
            fact=fact,
            available_from=starts,
            expires_at=starts + timedelta(days=self.random.choice([1, 2, 5])),
            now=now,
        )

    def granted(self, number: int, now: datetime) -> object:
        return services.grant_to_many(
            customers=Customer.objects.all(),
            amount=15,
            kind="holiday",
            fact=f"holiday:{number % 3}",
            available_from=now,
            expires_at=now + timedelta(days=2),
            now=now,
        )


@pytest.mark.usefixtures("_no_deadlock")
def test_the_ledger_stays_true_under_everything_at_once() -> None:
    people = [CustomerFactory.create().pk for _ in range(ACCOUNTS)]
    opened, began = time.time(), timezone.now()

    def attempt(worker: int) -> str:
        shop, counted = Shop(people, opened, began, worker), Counter[str]()
        while time.time() < opened + SECONDS:
            business = shop.business()
            try:
                in_transaction(business)
                counted["done"] += 1
            except DomainError as refusal:
                counted[type(refusal).__name__] += 1
            except Exception as error:
                counted[f"{type(error).__name__}: {error}"[:200]] += 1
        return json.dumps(counted)

    answers = crowd(attempt, WORKERS, workers=WORKERS)

    counted = sum((Counter(json.loads(text)) for text in answers.elements()), Counter[str]())
    assert set(counted) <= REFUSALS | {"done"}, counted
    assert {"done", "NotEnoughPoints", "MoreThanLeft"} <= set(counted)
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {"earn", "spend", "return", "take_back", "expire", "adjust", "debt"}
    # What is due in the time of the story is swept; the database's own clock is far behind it.
    end = began + timedelta(days=time.time() - opened)
    while in_transaction(lambda: services.expire_due(now=end)).lots:
        pass
    assert offenders() == set()


def spend_one(customer: Customer, number: int, now: datetime) -> str:
    try:
        in_transaction(lambda: services.spend(customer_id=customer.pk, amount=1, order_ref=f"order:{number}", now=now))
    except NotEnoughPoints:
        return "not enough"
    return "spent"


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
    """The account is read and not locked, and no constraint stands behind."""
    monkeypatch.setattr(posting, "LOCK", posting.LOCK.removesuffix(" FOR NO KEY UPDATE"))
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
