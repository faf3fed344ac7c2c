"""Points of many facts at once: what a loop of `earn` would have written (PT-4, PT-5, PT-7)."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import Customer
from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Entry, Lot, PointsAccount
from points.services import BulkEarning, FactTaken
from tests.factories import CustomerFactory
from tests.points.rows import day, earn, left, spend, sums, take_back, untrue

pytestmark = pytest.mark.django_db
DATES = {"available_from": day(0), "expires_at": day(365), "now": day(0)}


def earn_many(*earnings: BulkEarning) -> int:
    return in_transaction(lambda: services.earn_for_many(earnings=earnings, **DATES))


def gift(customer: Customer, amount: int = 300, fact: str = "referral:1", **more: Any) -> BulkEarning:
    return BulkEarning(customer.pk, amount, more.pop("kind", "referral"), fact, **more)


def in_debt(customer: Customer, points: int) -> None:
    earn(customer, points, f"earn:debt:{customer.pk}")
    spend(customer, points, f"order:debt:{customer.pk}")
    take_back(f"earn:debt:{customer.pk}", points, f"take_back:debt:{customer.pk}")


def test_each_earning_becomes_a_lot_of_its_own() -> None:
    one, two = CustomerFactory.create(), CustomerFactory.create()

    assert earn_many(
        gift(two, 100, "referral:1", order_ref="order:5"),
        gift(one, 50, "manual:2", kind="manual", reason="a gift"),
        gift(two, 7, "referral:3"),
    ) == 3  # fmt: skip

    columns = "account_id", "kind", "amount", "remaining", "fact", "order_ref", "available_from", "expires_at"
    assert list(Lot.objects.order_by("pk").values_list(*columns)) == [
        (two.pk, "referral", 100, 100, "referral:1", "order:5", day(0), day(365)),
        (one.pk, "manual", 50, 50, "manual:2", "", day(0), day(365)),
        (two.pk, "referral", 7, 7, "referral:3", "", day(0), day(365)),
    ]
    lines = "account_id", "lot__fact", "kind", "amount", "fact", "part", "order_ref", "reason", "author", "posted_at"
    assert list(Entry.objects.order_by("pk").values_list(*lines)) == [
        (two.pk, "referral:1", "earn", 100, "referral:1", 1, "order:5", "", None, day(0)),
        (one.pk, "manual:2", "earn", 50, "manual:2", 1, "", "a gift", None, day(0)),
        (two.pk, "referral:3", "earn", 7, "referral:3", 1, "", "", None, day(0)),
    ]


def test_debt_is_paid_by_one_lot_after_the_other() -> None:
    customer = CustomerFactory.create()
    in_debt(customer, 150)

    earn_many(gift(customer, 100, "referral:1"), gift(customer, 80, "referral:2"), gift(customer, 5, "referral:3"))

    assert sums(customer) == (35, 0, 0)
    assert left("referral:1", "referral:2", "referral:3") == [0, 30, 5]
    assert untrue() == set()


def test_nothing_is_nothing() -> None:
    assert earn_many() == 0


def test_what_stands_already_is_passed_over() -> None:
    one, two = CustomerFactory.create(), CustomerFactory.create()
    earn_many(gift(one, 300, "referral:1"))
    in_debt(two, 100)

    assert earn_many(gift(one, 300, "referral:1"), gift(two, 300, "referral:2"), gift(two, 300, "referral:2")) == 1
    assert earn_many(gift(one, 300, "referral:1", reason="again"), gift(two, 300, "referral:2")) == 0

    assert (sums(one), sums(two), Lot.objects.filter(kind="referral").count()) == ((300, 0, 0), (200, 0, 0), 2)
    assert untrue() == set()


@pytest.mark.parametrize("other", [{"amount": 301}, {"kind": "manual"}, {"order_ref": "order:8"}])
def test_a_fact_with_other_values_is_refused_whole(other: dict[str, Any]) -> None:
    customer, second = CustomerFactory.create(), CustomerFactory.create()
    earn_many(gift(customer, 300, "referral:1"))

    with pytest.raises(FactTaken):
        earn_many(gift(second, 5, "referral:2"), gift(customer, **{"amount": 300} | other))
    with pytest.raises(FactTaken):
        earn_many(gift(second, 5, "referral:3"), gift(second, **{"amount": 5, "fact": "referral:3"} | other))

    assert list(Lot.objects.values_list("fact", flat=True)) == ["referral:1"]


def test_a_fact_of_another_customer_is_refused() -> None:
    earn_many(gift(CustomerFactory.create()))
    with pytest.raises(FactTaken):
        earn_many(gift(CustomerFactory.create()))


def test_wrong_amounts_and_kinds_are_refused() -> None:
    customer = CustomerFactory.create()
    with pytest.raises(InvalidInput):
        earn_many(gift(customer, 0))
    with pytest.raises(ValueError, match="nonsense"):
        earn_many(gift(customer, kind="nonsense"))


def test_statements_do_not_grow_with_the_earnings() -> None:
    people = [CustomerFactory.create() for _ in range(3)]

    def statements(*earnings: BulkEarning) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            earn_many(*earnings)
        return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])

    assert statements(gift(people[0], fact="referral:1")) == 2
    assert statements(*(gift(person, fact=f"referral:2:{person.pk}") for person in people)) == 2
    assert statements(*(gift(person, fact=f"referral:2:{person.pk}") for person in people)) == 4


class EqualsALoop(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        debts=st.lists(st.integers(0, 60), min_size=3, max_size=3),
        before=st.integers(0, 4),
        wishes=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50), st.booleans()), min_size=1, max_size=8),
    )
    def test_equals_a_loop_of_earn(self, debts: list[int], before: int, wishes: list[tuple[int, int, bool]]) -> None:
        """Random amounts to three customers with debts, some posted before, some twice."""
        earnings = [(person, amount, f"referral:{number}") for number, (person, amount, _twice) in enumerate(wishes)]
        earnings += [earning for earning, (_person, _amount, twice) in zip(earnings, wishes, strict=True) if twice]

        def bulk(people: Sequence[Customer]) -> None:
            earn_many(*(gift(people[person], amount, fact) for person, amount, fact in earnings))

        def loop(people: Sequence[Customer]) -> None:
            for person, amount, fact in earnings:
                earn(people[person], amount, fact, kind="referral")

        assert book_after(bulk, debts, earnings[:before]) == book_after(loop, debts, earnings[:before])


def book_after(
    work: Callable[[Sequence[Customer]], None], debts: Sequence[int], before: Sequence[tuple[int, int, str]]
) -> list[Any]:
    """Accounts, lots and entries that `work` leaves for three customers, who are rolled back with them."""
    with transaction.atomic():
        people = [CustomerFactory.create() for _ in debts]
        number = {customer.pk: position for position, customer in enumerate(people)}
        for customer, debt in zip(people, debts, strict=True):
            if debt:
                in_debt(customer, debt)
        for person, amount, fact in before:
            earn(people[person], amount, fact, kind="referral")
        work(people)
        lots = Lot.objects.filter(kind="referral").order_by("pk")
        entries = Entry.objects.filter(fact__startswith="referral:").order_by("pk")
        book = [
            [(number[key], debt) for key, debt in PointsAccount.objects.order_by("pk").values_list("pk", "debt")],
            [(number[lot.account_id], lot.amount, lot.remaining, lot.fact) for lot in lots],
            [
                (
                    number[entry.account_id],
                    entry.lot and entry.lot.fact,
                    entry.kind,
                    entry.amount,
                    entry.fact,
                    entry.part,
                )
                for entry in entries
            ],
            sorted(untrue()),
        ]
        transaction.set_rollback(True)
    return book
