"""Points of orders under a crowd (O-2, O-5, O-7, PT-7): never spent twice, earned once, given back exactly.

Each experiment ends with a clean bill of health; the control overspends with the guards off.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

import customers.queries
from customers.models import Customer
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from orders.models import Order, Refund
from orders.queries import QuoteRequest
from orders.services import Contact, cancel_order, cancel_overdue, pay_order, place_order, refund_order
from points.models import Entry
from points.queries import balance
from points.services import posting
from tests.factories import CustomerFactory, ProductFactory
from tests.points.rows import earn
from tests.races.crowd import crowd
from tests.races.test_orders import answer_of
from tests.races.test_points import remaining_checks, run
from tiers.models import Card

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS = 16
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    ProductFactory(sku="SHIRT", price=Decimal("33.33"))
    ProductFactory(sku="HAT", price=Decimal("10.01"))
    yield
    if "control" not in request.node.name:
        assert {item.code: found.count for item, found in examined(invariants()) if found} == {}


def rich(points: int) -> Customer:
    """`points` in four lots."""
    customer: Customer = CustomerFactory()
    dates = {"available_from": NOW, "now": NOW}
    for number in range(4):
        fact = f"action:{customer.pk}:{number}"
        earn(customer, points // 4, fact, expires_at=NOW + timedelta(days=100 + number), **dates)
    return customer


def available(customer: Customer) -> int:
    return balance(customer.pk, now=timezone.now()).available


def insisting(work: Callable[[], object]) -> str:
    """Like `answer_of`, but who waited too long for a lock asks again, as a client does: the machine may be slow."""
    while True:
        try:
            return answer_of(work)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise


def place(customer: Customer, points: int, **fields: Any) -> Order:
    lines = (("SHIRT", 3), ("HAT", 2))
    request = QuoteRequest("site", lines, customer_id=customer.pk, points_to_spend=points)
    return in_transaction(lambda: place_order(request=request, contact=Contact(), **{"now": NOW, **fields}))


def pay(order: Order) -> Order:
    return in_transaction(
        lambda: pay_order(
            number=order.number, amount=order.total, provider="test", payment_id=f"P-{order.number}", now=NOW
        )
    )


def test_one_customers_points_are_spent_once_by_all_his_orders() -> None:
    customer = rich(100)

    answers = crowd(lambda _number: insisting(lambda: place(customer, 10)), 64, workers=WORKERS)

    assert answers == Counter(done=10, not_enough_points=54)
    assert (available(customer), Order.objects.count()) == (0, 10)


def test_points_of_cancelled_orders_are_spent_again_and_never_twice() -> None:
    customer = rich(100)

    def attempt(number: int) -> str:
        placed: list[Order] = []
        answer = insisting(lambda: placed.append(place(customer, 25)))
        if placed and number % 4:
            cancel = partial(cancel_order, number=placed[0].number, reason="", now=NOW)
            insisting(lambda: in_transaction(cancel))
        return answer

    answers = crowd(attempt, 96, workers=WORKERS)

    live = Order.objects.filter(status="new").count()
    assert set(answers) <= {"done", "not_enough_points"}
    assert (available(customer), live <= 4) == (100 - 25 * live, True)


def test_payment_reported_by_everybody_at_once_brings_everything_once() -> None:
    customer = CustomerFactory()
    orders = [place(customer, 0) for _ in range(4)]

    answers = crowd(lambda number: insisting(lambda: pay(orders[number % 4])), 4 * WORKERS, workers=WORKERS)

    assert answers == Counter(done=4 * WORKERS)
    kinds = Counter(Entry.objects.values_list("lot__kind", flat=True))
    assert kinds == {"purchase": 4, "first_purchase": 1}
    assert OutboxMessage.objects.filter(kind="thank_you").count() == 4
    assert (Card.objects.count(), available(customer)) == (1, 300 + sum(order.points_to_earn for order in orders))


def test_concurrent_refunds_and_cancels_move_every_point_back_exactly_once() -> None:
    people = [rich(400) for _ in range(5)]
    orders = [place(people[number % 5], 20) for number in range(40)]
    for order in orders[::2]:
        pay(order)

    answers = crowd(lambda number: undo(orders[number % 40], number // 40), 40 * 8, workers=WORKERS)

    assert set(answers) <= {"done", "wrong_state", "invalid"}
    for order in Order.objects.filter(status__in=["paid", "partially_refunded"]):
        in_transaction(lambda number=order.number: refund_order(number=number, reason="", now=NOW))
    assert [available(customer) for customer in people] == [400] * 5
    paid = Order.objects.filter(paid_at__isnull=False)
    returned = Refund.objects.values_list("order", "points_returned")
    assert Counter(dict.fromkeys(paid.values_list("pk", flat=True), 20)) == _summed(returned)


def undo(order: Order, number: int) -> str:
    """One of eight ways to give goods back; orders that wait for payment are cancelled by hand or by time."""
    kinds: list[list[tuple[str, int]] | None] = [[("SHIRT", 1)], [("HAT", 1)], [("SHIRT", 2), ("HAT", 1)], None]
    later = NOW + timedelta(hours=2)
    if number == 6:
        return insisting(lambda: in_transaction(lambda: cancel_order(number=order.number, reason="", now=NOW)))
    if number == 7:
        in_transaction(lambda: cancel_overdue(number=order.number, now=later))
        return "done"
    lines = kinds[number % 4]
    return insisting(lambda: in_transaction(lambda: refund_order(number=order.number, lines=lines, reason="", now=NOW)))


def _summed(pairs: Any) -> Counter[int]:
    summed: Counter[int] = Counter()
    for key, points in pairs:
        summed[key] += points
    return summed


@pytest.fixture
def _without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither the customer nor the account is locked, and no constraint stands behind."""
    shopper = customers.queries.shopper
    monkeypatch.setattr(customers.queries, "shopper", lambda customer, lock=False: shopper(customer))
    monkeypatch.setattr(posting, "LOCK", posting.LOCK.removesuffix(" FOR NO KEY UPDATE"))
    checks = remaining_checks()
    run(*(f'ALTER TABLE points_lot DROP CONSTRAINT "{name}"' for name, _definition in checks))
    yield
    run(
        "TRUNCATE points_entry, points_lot",
        *(f'ALTER TABLE points_lot ADD CONSTRAINT "{name}" {definition}' for name, definition in checks),
    )


@pytest.mark.usefixtures("_without_guards")
def test_control_without_locks_the_orders_overspend() -> None:
    customer = rich(100)
    answers = crowd(lambda _number: answer_of(lambda: place(customer, 10)), 320, workers=WORKERS)
    assert answers["done"] > 10
