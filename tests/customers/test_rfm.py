"""RFM kept by purchases and refunds, in one statement each (CU-7)."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from customers.models import Customer, Purchase, Rfm, RfmMove, StaleCustomer
from customers.queries import RfmView, rfm_of
from customers.services import record_purchase, record_refund, refresh_rfm, refresh_rfm_of
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.rfm_rows import a_run, day, moves
from tests.factories import CustomerFactory, PurchaseFactory

pytestmark = pytest.mark.django_db


def buy(customer: Customer | None, amount: int = 1000, *, ref: str, on: float = 0) -> Purchase:
    return in_transaction(
        lambda: record_purchase(
            customer_id=customer.pk if customer else None,
            ref=ref,
            channel="site",
            goods_amount=Decimal(amount),
            discount_amount=Decimal(0),
            now=day(on),
        )
    )


def give_back(ref: str, amount: int, *, whole: bool = False, on: float = 0) -> None:
    in_transaction(lambda: record_refund(ref=ref, amount=Decimal(amount), is_whole=whole, now=day(on)))


def test_first_purchase_places_him_and_says_so() -> None:
    customer = CustomerFactory.create()

    first = buy(customer, ref="order:1", on=-3)

    with override("ru"):
        assert rfm_of(customer.pk, now=day(0)) == RfmView(
            recency=3,
            frequency=1,
            monetary=Decimal("1000.00"),
            r=5,
            f=1,
            m=1,
            segment="new",
            segment_name="Новички",
            is_vip=False,
            is_starter=True,
            since=day(-3),
            orders=1,
            spent=Decimal("1000.00"),
            first_paid_at=day(-3),
            last_paid_at=day(-3),
        )
    assert (first.is_first, moves(customer)) == (True, [("", "new", "purchase")])
    assert list(StaleCustomer.objects.values_list("customer", "since")) == [(customer.pk, day(-3))]


def test_nobody_knows_him_without_purchases() -> None:
    assert rfm_of(CustomerFactory.create().pk, now=day(0)) is None


def test_a_purchase_is_scored_by_the_last_run() -> None:
    a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 3], monetary=[500, 1000, 2000, 4000], vip_from=3000)
    customer = CustomerFactory.create()
    PurchaseFactory.create(customer=customer, paid_at=day(-20), goods_amount=2000)
    PurchaseFactory.create(customer=customer, paid_at=day(-366), goods_amount=5000)

    second = buy(customer, 1000, ref="order:2")

    row = Rfm.objects.get()
    assert (row.r, row.f, row.m, row.segment, row.is_vip) == (5, 3, 4, "potential_loyalist", True)
    assert (row.frequency, row.monetary, row.orders, row.spent) == (2, 3000, 3, 8000)
    assert second.is_first


def test_who_bought_nothing_in_the_window_has_the_lowest_scores() -> None:
    a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 3], monetary=[500, 1000, 2000, 4000])
    customer = CustomerFactory.create()
    PurchaseFactory.create(customer=customer, paid_at=day(-366), goods_amount=5000)

    in_transaction(lambda: refresh_rfm(customer_id=customer.pk, cause=RfmMove.Cause.IMPORT, now=day(0)))

    row = Rfm.objects.get()
    assert (row.r, row.f, row.m, row.segment, row.frequency, row.monetary) == (1, 1, 1, "lost", 0, 0)


def test_window_begins_with_a_day_of_the_shop() -> None:
    """day(0) is noon of 10 June in Moscow; 365 days before is 10 June, from midnight there."""
    customer = CustomerFactory.create()
    PurchaseFactory.create(customer=customer, paid_at=day(-365.49), goods_amount=1)
    PurchaseFactory.create(customer=customer, paid_at=day(-365.51), goods_amount=10)

    buy(customer, 100, ref="order:1")

    assert list(Rfm.objects.values_list("frequency", "monetary", "spent")) == [(2, 101, 111)]


def test_a_purchase_of_nobody_changes_nothing() -> None:
    assert not buy(None, ref="order:1").is_first
    assert (Rfm.objects.count(), RfmMove.objects.count(), StaleCustomer.objects.count()) == (0, 0, 0)


def test_refunds_take_orders_and_roubles_back() -> None:
    a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 3], monetary=[500, 1000, 2000, 4000])
    customer = CustomerFactory.create()
    buy(customer, ref="order:1", on=-40)
    buy(customer, ref="order:2")

    give_back("order:2", 400, on=1)
    assert list(Rfm.objects.values_list("orders", "spent", "last_paid_at")) == [(2, 1600, day(0))]
    give_back("order:2", 600, whole=True, on=2)

    assert list(Rfm.objects.values_list("orders", "spent", "last_paid_at", "r")) == [(1, 1000, day(-40), 3)]
    assert moves(customer) == [
        ("", "new", "purchase"),
        ("new", "potential_loyalist", "purchase"),
        ("potential_loyalist", "about_to_sleep", "refund"),
    ]


@pytest.mark.parametrize("amount", [1000, 0])
def test_who_gave_everything_back_leaves_the_map(amount: int) -> None:
    """Also when points alone had been paid."""
    customer = CustomerFactory.create()
    buy(customer, amount, ref="order:1")

    give_back("order:1", amount, whole=True, on=1)

    assert rfm_of(customer.pk, now=day(1)) is None
    assert moves(customer) == [("", "new", "purchase"), ("new", "", "refund")]
    row = RfmMove.objects.order_by("pk").last()
    assert row is not None
    assert (row.from_r, row.from_f, row.to_r, row.to_f, row.moved_at) == (5, 1, None, None, day(1))


def test_the_same_segment_keeps_its_date_and_makes_no_move() -> None:
    customer = CustomerFactory.create()
    buy(customer, ref="order:1", on=-40)
    buy(customer, ref="order:2")
    assert list(Rfm.objects.values_list("since", "changed_at", "segment")) == [(day(-40), day(0), "new")]
    assert moves(customer) == [("", "new", "purchase")]


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_refreshed_by_two_statements(count: int, django_assert_num_queries: Any) -> None:
    people = [CustomerFactory.create() for _ in range(count)]
    for customer in people:
        PurchaseFactory.create(customer=customer, paid_at=day(-1))
    keys = [customer.pk for customer in people]

    def work() -> None:
        with django_assert_num_queries(2):
            refresh_rfm_of(customer_ids=keys, cause=RfmMove.Cause.IMPORT, now=day(0))

    in_transaction(work)

    assert [moves(customer) for customer in people] == [[("", "new", "import")]] * count


def test_buying_and_giving_back_take_one_statement(django_assert_num_queries: Any) -> None:
    customer = CustomerFactory.create()
    with django_assert_num_queries(1):
        buy(customer, ref="order:1")
    with django_assert_num_queries(1):
        give_back("order:1", 500)
