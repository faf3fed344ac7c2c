"""Cohorts, LTV, frequency: what counts, what does not, and how it is narrowed (RP-1)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection

from customers.models import Customer
from customers.queries.report import (
    CustomerReport,
    CustomersOfDay,
    Figures,
    ReportFilter,
    TooSlow,
    channels_known,
    cohort_table,
    customer_report,
    customers_by_day,
    frequency,
    keep_report,
    report_key,
    report_or_wait,
    within_time,
)
from tests.factories import NOW, CustomerFactory, PurchaseFactory, SegmentFactory, SegmentMembershipFactory

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 6, 10)
HALF = ReportFilter(date(2026, 1, 1), TODAY)


def buy(customer: Customer | None, day: str, amount: int = 1000, **given: Any) -> None:
    moment = datetime.fromisoformat(day if " " in day else f"{day} 12:00").replace(tzinfo=MOSCOW)
    PurchaseFactory.create(customer=customer, paid_at=moment, goods_amount=Decimal(amount), **given)


def table(asked: ReportFilter = HALF) -> list[tuple[str, int, list[tuple[int, int, bool]]]]:
    """(month, customers, [(buyers, revenue so far, is over)])."""
    return [
        (f"{cohort.month:%Y-%m}", cohort.size, [(one.buyers, int(one.total), one.is_over) for one in cohort.months])
        for cohort in cohort_table(asked, today=TODAY).cohorts
    ]


@pytest.fixture
def two() -> tuple[Customer, Customer]:
    """One bought in April, twice, and in June; the other once in May."""
    one, other = CustomerFactory.create(), CustomerFactory.create()
    buy(one, "2026-04-05", 1000)
    buy(one, "2026-04-25", 500)
    buy(one, "2026-06-01", 2000, channel="pos")
    buy(other, "2026-05-20", 700)
    return one, other


def test_cohorts_are_watched_month_by_month_until_now(two: Any) -> None:
    assert table() == [
        ("2026-04", 1, [(1, 1500, True), (0, 1500, True), (1, 3500, False)]),
        ("2026-05", 1, [(1, 700, True), (0, 700, False)]),
    ]


def test_averages_take_only_months_that_are_over(two: Any) -> None:
    found = cohort_table(HALF, today=TODAY)
    assert [(one.age, one.size, one.retention, one.ltv) for one in found.average] == [
        (0, 2, Decimal("100.00"), Decimal("1100.00")),
        (1, 1, Decimal("0.00"), Decimal("1500.00")),
    ]
    assert (found.size, found.ltv, list(found.ages)) == (2, Decimal("2100.00"), [0, 1, 2])
    assert [cohort.ltv for cohort in found.cohorts] == [Decimal("3500.00"), Decimal("700.00")]


def test_no_purchases_make_no_cohorts() -> None:
    found = cohort_table(HALF, today=TODAY)
    assert (found.cohorts, found.average, found.size, found.ltv, list(found.ages)) == ((), (), 0, None, [])


def test_what_went_back_whole_is_no_purchase_and_refunds_are_taken_off() -> None:
    customer = CustomerFactory.create()
    buy(customer, "2026-03-05", 1000, refunded_amount=Decimal(1000))
    buy(customer, "2026-03-06", 0, is_returned=True)
    buy(customer, "2026-04-05", 1000, refunded_amount=Decimal(300))
    buy(customer, "2026-05-05", 0)
    assert table() == [("2026-04", 1, [(1, 700, True), (1, 700, True), (0, 700, False)])]


def test_purchases_of_nobody_known_are_left_out() -> None:
    buy(None, "2026-04-05")
    assert (table(), frequency(HALF).total) == ([], Figures())


def test_who_came_before_the_period_is_in_no_cohort_of_it() -> None:
    customer = CustomerFactory.create()
    buy(customer, "2025-12-31 23:59")
    buy(customer, "2026-02-01")
    assert table() == []


def test_months_are_those_of_the_shop() -> None:
    """An hour before midnight UTC is the next month in Moscow."""
    buy(CustomerFactory.create(), "2026-05-01 00:30")
    assert table() == [("2026-05", 1, [(1, 1000, True), (0, 1000, False)])]


def test_a_month_that_the_period_only_touches_is_whole(two: Any) -> None:
    found = table(ReportFilter(date(2026, 4, 20), date(2026, 4, 30)))
    assert found == [("2026-04", 1, [(1, 1500, True), (0, 1500, True), (1, 3500, False)])]


def test_a_channel_is_looked_at_as_if_there_were_no_other(two: Any) -> None:
    asked = ReportFilter(date(2026, 1, 1), TODAY, channel="pos")
    assert table(asked) == [("2026-06", 1, [(1, 2000, False)])]
    assert (frequency(asked).total.new, frequency(asked).total.revenue) == (1, Decimal(2000))
    assert channels_known() == ["pos", "site"]


def test_a_segment_of_any_kind_narrows_the_report(two: Any) -> None:
    segment = SegmentFactory.create()
    SegmentMembershipFactory.create(segment=segment, customer=two[1])
    asked = ReportFilter(date(2026, 1, 1), TODAY, segment=segment)
    assert table(asked) == [("2026-05", 1, [(1, 700, True), (0, 700, False)])]
    assert frequency(asked).total == Figures(customers=1, new=1, orders=1, revenue=Decimal(700))


def test_frequency_counts_orders_gaps_and_who_came_again(two: Any) -> None:
    found = frequency(HALF)
    assert found.total == Figures(customers=2, new=2, orders=4, revenue=Decimal(4200), repeated=1, gaps=2, gap_days=57)
    total = found.total
    assert (total.average_order, total.orders_each, total.revenue_each, total.repeat_rate, total.days_between) == (
        Decimal("1050.00"),
        Decimal("2.00"),
        Decimal("2100.00"),
        Decimal("50.00"),
        Decimal("28.5"),
    )
    assert [(band.least, band.most, band.customers, band.orders) for band in found.bands if band.customers] == [
        (1, 1, 1, 1),
        (3, 3, 1, 3),
    ]
    assert (found.bands[0].share, found.bands[2].revenue_share) == (Decimal("50.00"), Decimal("83.33"))
    assert (found.bands[-1].least, found.bands[-1].most, found.previous) == (11, None, None)


def test_the_period_before_is_counted_by_itself(two: Any) -> None:
    found = frequency(ReportFilter(date(2026, 5, 12), TODAY, compare=True))
    assert found.total == Figures(customers=2, new=1, orders=2, revenue=Decimal(2700))
    assert found.previous == Figures(customers=1, new=0, orders=1, revenue=Decimal(500))


def test_nothing_divides_by_nothing() -> None:
    total = Figures()
    assert {total.average_order, total.orders_each, total.revenue_each, total.repeat_rate, total.days_between} == {None}


def test_the_whole_report_takes_three_statements(two: Any, django_assert_num_queries: Any) -> None:
    """The limits, cohorts, frequency, whatever the number of purchases; and the savepoint around them."""
    with django_assert_num_queries(5):
        customer_report(HALF, now=NOW)


def test_a_report_too_slow_for_a_page_is_left_to_the_worker_once(two: Any) -> None:
    cache.clear()
    begun: list[bool] = []

    def ask() -> CustomerReport | None:
        return report_or_wait(HALF, now=NOW, start=lambda: begun.append(True))

    cache.set(f"{report_key(HALF, NOW)}:slow", True, 60)
    assert (ask(), ask(), begun) == (None, None, [True])
    keep_report(HALF, now=NOW)
    kept = ask()
    assert kept is not None
    assert (kept.cohorts, kept.reckoned_at, begun) == (cohort_table(HALF, today=TODAY), NOW, [True])


def test_a_query_beyond_its_time_is_given_up() -> None:
    def sleep() -> None:
        with within_time(seconds=60), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '5ms', true)")
            cursor.execute("SELECT pg_sleep(1)")

    with pytest.raises(TooSlow):
        sleep()


def test_customers_of_days_leave_no_day_out(two: Any) -> None:
    buy(two[0], "2026-06-03", is_first=False)
    buy(CustomerFactory.create(), "2026-06-03", is_first=True)
    assert customers_by_day(date(2026, 6, 1), date(2026, 6, 3)) == [
        CustomersOfDay(date(2026, 6, 1), 1, 0),
        CustomersOfDay(date(2026, 6, 2), 0, 0),
        CustomersOfDay(date(2026, 6, 3), 2, 1),
    ]
