"""Payments beside the nightly review (T-2): whoever deserves a tier has it, each move is told once, none deadlocks.

The control with the locks off must leave somebody below what he has paid for: otherwise the crowd proves nothing.
"""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from orders.services.locking import lock_customers
from tests.factories import CustomerFactory
from tests.races.crowd import crowd, dawdle
from tests.races.points_business import deadlocks
from tests.tiers.rows import buy, day, offenders, pay, review, stands
from tiers import services
from tiers.models import Standing, TierChange
from tiers.queries.counting import state_of_chosen
from tiers.services import review as reviews

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS, REVIEWERS, PEOPLE = 16, 4, 12
# What is measured with the database's clock: the tests' present is long ago.
BY_THE_CLOCK = {"tiers_reviewed_on_time"}


@pytest.fixture
def _no_deadlock() -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before


def pay_slowly(customer: Customer, amount: int, *, seconds: float = 0.03) -> str:
    """As the till does: the customer is locked, and the rest of the payment takes its time after the review."""

    def work() -> str:
        lock_customers([customer.pk])
        purchase = buy(customer, amount, ref=f"race:{uuid4()}")
        services.review_after_purchase(customer_id=customer.pk, order_ref=purchase.ref, now=day(0))
        dawdle(seconds)
        return "paid"

    return in_transaction(work)


def review_all() -> str:
    review(on=0, limit=5)
    return "reviewed"


def gold_on_the_way_down(count: int) -> list[Customer]:
    """On Gold, told, the grace over; 5,000 short of keeping it."""
    people = [CustomerFactory.create() for _ in range(count)]
    for customer in people:
        pay(customer, 60_000, on=-400)
        buy(customer, 45_000, on=-10)
    Standing.objects.update(lapses_at=day(-1))
    return people


@pytest.mark.usefixtures("_no_deadlock")
def test_whoever_pays_beside_the_review_has_what_he_deserves() -> None:
    lapsing = gold_on_the_way_down(PEOPLE // 2)
    imported = [CustomerFactory.create() for _ in range(PEOPLE // 2)]
    for customer in imported:
        buy(customer, 45_000, on=-10)
    people = [*lapsing, *imported]

    def attempt(number: int) -> str:
        if number % WORKERS < REVIEWERS:
            return review_all()
        return pay_slowly(people[number % PEOPLE], 1_000)

    # Each of the twelve pays ten times: 55,000 in the end.
    answers = crowd(attempt, WORKERS * 10, workers=WORKERS)

    assert answers == Counter(paid=(WORKERS - REVIEWERS) * 10, reviewed=REVIEWERS * 10)
    assert {stands(customer)[0] for customer in people} == {"gold"}
    assert TierChange.objects.count() == OutboxMessage.objects.filter(kind="tier_changed").count()
    assert offenders() - BY_THE_CLOCK - {"tiers_down_after_the_notice"} == set()


def rescue(people: list[Customer], *, seconds: float = 0.03, review_after: float = 0) -> set[str]:
    """Everybody pays what is missing while the review is about to let him down. Where they stand then.

    Payments stay open for `seconds`, the reviews begin `review_after` seconds later than they.
    """

    def attempt(number: int) -> str:
        if number % WORKERS < REVIEWERS:
            dawdle(review_after)
            return review_all()
        customer = people[number % WORKERS - REVIEWERS]
        return pay_slowly(customer, 5_000, seconds=seconds)

    crowd(attempt, WORKERS, workers=WORKERS)
    return {stands(customer)[0] for customer in people}


@pytest.mark.usefixtures("_no_deadlock")
def test_the_purchase_that_keeps_a_tier_is_never_overlooked() -> None:
    for _round in range(5):
        assert rescue(gold_on_the_way_down(PEOPLE)) == {"gold"}


def test_control_without_the_locks_somebody_loses_what_he_has_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = reviews.LOCKED_STATE.replace(state_of_chosen(lock=True), state_of_chosen(lock=False))
    assert unlocked != reviews.LOCKED_STATE
    monkeypatch.setattr(reviews, "LOCKED_STATE", unlocked)
    monkeypatch.setattr(reviews, "LOCK", "SELECT count(%s::bigint[])")
    # The reviews come while every payment is open and see none of them; another round only where the machine is slow.
    ends = (rescue(gold_on_the_way_down(PEOPLE), seconds=2.4, review_after=1.2) for _round in range(5))
    assert any(end != {"gold"} for end in ends)


@pytest.mark.usefixtures("_no_deadlock")
def test_one_payment_by_everybody_makes_one_card_and_one_change() -> None:
    customer = CustomerFactory.create()
    buy(customer, 20_000)

    def attempt(_number: int) -> str:
        def work() -> str:
            lock_customers([customer.pk])
            services.issue_card(customer_id=customer.pk, now=day(0))
            moved = services.review_after_purchase(customer_id=customer.pk, order_ref="order:1", now=day(0))
            return "moved" if moved else "stayed"

        return in_transaction(work)

    assert crowd(attempt, WORKERS * 2, workers=WORKERS) == Counter(moved=1, stayed=WORKERS * 2 - 1)
    assert customer.cards.count() == 1
    assert offenders() - BY_THE_CLOCK == set()


@pytest.mark.usefixtures("_no_deadlock")
def test_reviews_beside_each_other_move_once() -> None:
    people = [CustomerFactory.create() for _ in range(60)]
    for customer in people:
        buy(customer, 20_000)

    def attempt(number: int) -> str:
        return str(sum(review(on=0, limit=7 + number)))

    answers = crowd(attempt, WORKERS, workers=WORKERS)
    assert sum(int(text) * count for text, count in answers.items()) == 60
    assert TierChange.objects.count() == 60
    assert offenders() - BY_THE_CLOCK == set()
