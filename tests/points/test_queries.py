"""Reads of the ledger, the notices and the worker's tasks."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points import services, tasks
from points.models import Lot
from points.queries import MonthOfPoints, balance, entries, liability_by_month
from points.rules import Balance
from tests.factories import NOW, CustomerFactory
from tests.points.rows import adjust, day, earn, expire, spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


def test_balance_of_nobody_and_of_a_newcomer(customer):
    assert balance(None, now=NOW) == balance(customer.pk, now=NOW) == Balance()


def test_balance(customer):  # PT-3
    earn(customer, 100, "a", expires_at=day(20))
    earn(customer, 10, "b", expires_at=day(200), available_from=day(3))
    earn(customer, 20, "c", expires_at=day(200), available_from=day(5))
    earn(CustomerFactory.create(), 1, "d")
    assert balance(customer.pk, now=NOW) == Balance(100, 30, day(3), 0, ((100, day(20)),))
    assert balance(customer.pk, now=day(4)) == Balance(110, 20, day(5), 0, ((100, day(20)),))
    assert balance(customer.pk, now=day(20)) == Balance(30, 0, None, 0, ())


def test_entries_run_and_filters_do_not_change_the_balance(customer, django_assert_num_queries):
    earn(customer, 100, "earn:order:1", order_ref="order:1")
    earn(CustomerFactory.create(), 7, "other")
    spend(customer, 30, "order:2", now=day(1))
    adjust(customer, 5, now=day(2))

    def shown(**filters):
        return [(row.kind, row.amount, row.balance_after) for row in entries(customer.pk, **filters)]

    assert shown() == [("adjust", 5, 75), ("spend", -30, 70), ("earn", 100, 100)]
    assert shown(kinds=["spend"]) == shown(order_ref="order:2") == [("spend", -30, 70)]
    assert shown(since=day(1), until=day(2)) == [("spend", -30, 70)]
    with django_assert_num_queries(1):
        assert [row.lot.fact for row in entries(customer.pk)] == ["manual:1", "earn:order:1", "earn:order:1"]


def test_liability_by_month_of_the_shop(customer, django_assert_num_queries):
    earn(customer, 100, "a", expires_at=day(30))
    earn(customer, 40, "b", expires_at=day(300))
    spend(customer, 30, now=day(1))
    adjust(customer, -5, now=day(20.6))  # 30 June, 23:24 in London is July in Moscow
    expire(day(60))
    with django_assert_num_queries(1):
        months = liability_by_month()
    assert months == [
        MonthOfPoints(date(2026, 6, 1), issued=140, taken_back=0, spent=30, expired=0, withdrawn=0, liability=110),
        MonthOfPoints(date(2026, 7, 1), issued=0, taken_back=0, spent=0, expired=0, withdrawn=5, liability=105),
        MonthOfPoints(date(2026, 8, 1), issued=0, taken_back=0, spent=0, expired=65, withdrawn=0, liability=40),
    ]


def notices(now) -> int:
    return in_transaction(lambda: services.queue_expiry_notices(now=now))


def test_customers_are_told_30_and_7_days_before_once(customer):  # PT-6
    earn(customer, 100, "a", expires_at=day(40))
    earn(customer, 50, "b", expires_at=day(40) + timedelta(hours=1))
    earn(customer, 5, "c", expires_at=day(200))

    assert [notices(day(number)) for number in (9, 9.4, 12, 20, 32.4, 33, 36, 41)] == [0, 0, 1, 0, 0, 1, 0, 0]

    assert list(OutboxMessage.objects.order_by("pk").values_list("key", "kind", "payload", "customer")) == [
        (
            f"points_expiring:{days}:customer:{customer.pk}:2026-07-20",
            "points_expiring",
            {"days": days, "points": 150, "expires_on": "2026-07-20"},
            customer.pk,
        )
        for days in (30, 7)
    ]


def test_the_worker_expires_and_tells(customer):
    now = timezone.now()
    dates = {"available_from": now - timedelta(days=9), "now": now - timedelta(days=9)}
    earn(customer, 100, "a", expires_at=now - timedelta(days=3), **dates)
    earn(customer, 100, "b", expires_at=now + timedelta(days=3), **dates)
    assert [tasks.expire_points(), tasks.expire_points()] == [1, 0]
    assert [tasks.tell_of_expiring_points(), tasks.tell_of_expiring_points()] == [1, 0]
    assert dict(Lot.objects.values_list("fact", "remaining")) == {"a": 0, "b": 100}
