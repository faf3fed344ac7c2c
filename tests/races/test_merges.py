"""Merging while people buy (CU-3): whatever meets, nothing is lost or counted twice, and nobody locks anybody out."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

import customers.services.merge as merging
from customers.models import Customer, ErasureRequest, Merge
from customers.queries.find import staying
from customers.services import erase_at_once, merge_customers
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, place_order, refund_order
from points.queries import balance
from promocodes.models import Redemption
from tests.factories import CustomerFactory, ProductFactory
from tests.points.rows import earn
from tests.promocodes.rows import make_code
from tests.races.crowd import crowd, dawdle
from tests.races.test_order_points import insisting, pay, place, rich

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NOW = timezone.now()
LIVING = {"now": NOW, "available_from": NOW, "expires_at": NOW + timedelta(days=100)}


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    ProductFactory(sku="SHIRT", price=Decimal("33.33"))
    ProductFactory(sku="HAT", price=Decimal("10.01"))
    yield
    if "control" not in request.node.name:
        assert {item.code: found.count for item, found in examined(invariants()) if found} == {}


def merge(first: Customer, second: Customer) -> Merge:
    values: dict[str, Any] = {"kept": {}, "reason": "one person", "by": None, "now": timezone.now()}
    return in_transaction(lambda: merge_customers(first_id=first.pk, second_id=second.pk, **values))


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_merges_meet_payments_refunds_and_points() -> None:
    people = [rich(100) for _ in range(3)]
    unpaid = [place(customer, 5) for customer in people for _ in range(2)]
    paid = [pay(place(customer, 5)) for customer in people for _ in range(2)]
    pairs = list(combinations(people, 2))
    before = deadlocks()

    def attempt(number: int) -> str:
        works = [
            partial(pay, unpaid[number % 6]),
            partial(refund, paid[number % 6]),
            partial(place, people[number % 3], 1),
            lambda: merge(*pairs[number // 4 % 3]),
        ]
        return insisting(works[number % 4])

    answers = crowd(attempt, 48, workers=8)

    assert set(answers) <= {"done", "wrong_state", "not_enough_points"}
    assert set(Order.objects.values_list("customer", flat=True)) == {people[0].pk}
    assert Merge.objects.count() == 2
    spent = sum(Order.objects.exclude(status="refunded").values_list("points_spent", flat=True))
    earned = sum(Order.objects.filter(status="paid").values_list("points_to_earn", flat=True))
    total = balance(people[0].pk, now=timezone.now())
    assert total.available + total.pending - total.debt >= 300 - spent
    assert earned >= 0
    assert deadlocks() == before


def refund(order: Order) -> None:
    in_transaction(lambda: refund_order(number=order.number, lines=None, reason="", now=timezone.now()))


def test_a_code_once_per_customer_is_used_once_by_each_until_they_are_one() -> None:
    code = make_code(max_uses_per_customer=1, starts_at=NOW.replace(year=NOW.year - 1), ends_at=NOW.replace(year=2100))
    older, newer = CustomerFactory(), CustomerFactory()

    def attempt(number: int) -> str:
        if number % 4 == 0:
            return insisting(lambda: merge(newer, older))
        request = QuoteRequest("site", (("SHIRT", 1),), customer_id=(older, newer)[number % 2].pk, promo_code=code.code)
        now = timezone.now()
        return insisting(lambda: in_transaction(lambda: place_order(request=request, contact=Contact(), now=now)))

    answers = crowd(attempt, 32, workers=8)

    assert 1 <= Redemption.objects.filter(released_at=None).count() <= 2
    assert set(answers) <= {"done", "promo_code_rejected", "customer_limit", "held_by_own_order", "promo_code_held"}


def test_who_read_a_record_a_moment_before_its_merge_writes_to_the_one_that_stays() -> None:
    """Points and an order, by writers who go on when the merge is over: they run again, and nothing is lost."""
    older, newer = CustomerFactory(), CustomerFactory()
    context = multiprocessing.get_context("fork")
    has_read, is_merged = context.Barrier(3), context.Event()

    def writer(write: Callable[[int], object]) -> str:
        known: list[int] = []

        def work() -> None:
            known.append(staying(newer.pk)[0])
            if len(known) == 1:
                has_read.wait(timeout=60)
                assert is_merged.wait(timeout=60)
            write(known[-1])

        return insisting(lambda: in_transaction(work))

    def attempt(number: int) -> str:
        if number == 0:
            has_read.wait(timeout=60)
            answer = insisting(lambda: merge(older, newer))
            is_merged.set()
            return answer
        writes = {
            1: lambda key: earn(Customer(pk=key), 50, "action:late", kind="action", **LIVING),
            2: lambda key: place(Customer(pk=key), 0),
        }
        return writer(writes[number])

    assert crowd(attempt, 3, workers=3) == Counter(done=3)
    assert set(Order.objects.values_list("customer", flat=True)) == {older.pk}
    assert balance(older.pk, now=timezone.now()).available == 50


def test_points_given_while_the_merge_goes_on_are_the_survivors() -> None:
    """The writer has opened the absorbed customer's first account and is not done: the merge waits for him."""
    older, newer = CustomerFactory(), CustomerFactory()
    is_earned = multiprocessing.get_context("fork").Event()

    def slowly() -> None:
        earn(newer, 50, "action:late", kind="action", **LIVING)
        is_earned.set()
        dawdle(1.0)

    def attempt(number: int) -> str:
        if number == 0:
            return insisting(lambda: in_transaction(slowly))
        assert is_earned.wait(timeout=60)
        return insisting(lambda: merge(older, newer))

    assert crowd(attempt, 2, workers=2) == Counter(done=2)
    assert balance(older.pk, now=timezone.now()).available == 50


def test_control_merges_of_overlapping_pairs_break_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read before either writes; who wants to merge into the second customer writes after that one was absorbed.

    With the lock he would have waited, seen that and begun again.
    """
    first, second, third = CustomerFactory.create_batch(3)
    context = multiprocessing.get_context("fork")
    both_have_read, is_absorbed = context.Barrier(2), context.Event()

    def unlocked(first_id: int, second_id: int) -> Any:
        found = [Customer.objects.get(pk=key) for key in (first_id, second_id)]
        both_have_read.wait(timeout=60)
        if third.pk in (first_id, second_id):
            assert is_absorbed.wait(timeout=60)
        return None, found[0], found[1]

    def attempt(number: int) -> str:
        answer = insisting(lambda: merge(*[(first, second), (second, third)][number]))
        is_absorbed.set()
        return answer

    monkeypatch.setattr(merging, "_locked_pair", unlocked)

    answers = crowd(attempt, 2, workers=2)

    # The survivor of the one was absorbed by the other meanwhile: a constraint of the database is all that is left.
    assert answers == Counter(done=1, IntegrityError=1)
    assert [(row.survivor_id, row.absorbed_id) for row in Merge.objects.all()] == [(first.pk, second.pk)]


def test_who_is_merged_while_he_is_being_forgotten_is_forgotten_as_the_one_who_stayed(
    settings: Any, tmp_path: Any
) -> None:
    """The erasure has read whose the record is and waits for it: the merge commits, and it begins again."""
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    older, newer = CustomerFactory(), CustomerFactory()
    is_merged = multiprocessing.get_context("fork").Event()

    def slowly() -> None:
        merge_customers(
            first_id=older.pk, second_id=newer.pk, kept={}, reason="one person", by=None, now=timezone.now()
        )
        is_merged.set()
        dawdle(1.0)

    def attempt(number: int) -> str:
        if number == 0:
            return insisting(lambda: in_transaction(slowly))
        assert is_merged.wait(timeout=60)
        wanted = {"customer_id": newer.pk, "source": "staff", "by": None, "reason": "", "now": timezone.now()}
        return insisting(lambda: in_transaction(lambda: erase_at_once(**wanted)))

    assert crowd(attempt, 2, workers=2) == Counter(done=2)
    assert Customer.objects.filter(erased_at=None).count() == 0
    assert ErasureRequest.objects.get().customer_id == older.pk
