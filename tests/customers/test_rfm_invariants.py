"""The doctor's eye on RFM: silent when all is well, and each thing broken on purpose is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Purchase, Rfm, RfmRun, StaleCustomer
from customers.queries.rfm_invariants import INVARIANTS
from tests.customers.found import found_by
from tests.customers.rfm_rows import day
from tests.customers.test_rfm import buy, give_back
from tests.customers.test_rfm_night import night
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ON_TIME = "rfm_reckoned_on_time"


def offenders() -> set[str]:
    """All but what goes by the database's clock: the tests' present is long ago."""
    return found_by(INVARIANTS) - {ON_TIME}


@pytest.fixture
def shop() -> list[Customer]:
    """Purchases, a refund, a night, and more of both after it."""
    people = [CustomerFactory.create() for _ in range(5)]
    for number, customer in enumerate(people):
        for piece in range(number + 1):
            buy(customer, 100 * number, ref=f"order:{number}-{piece}", on=-30 * piece - number)
    give_back("order:1-0", 100, whole=True, on=-1)
    night()
    buy(people[0], 50, ref="order:6", on=2)
    give_back("order:2-0", 100, on=3)
    give_back("order:3-1", 300, whole=True, on=3)
    StaleCustomer.objects.all().delete()
    return people


@pytest.mark.usefixtures("shop")
def test_all_is_well_after_purchases_refunds_and_nights() -> None:
    assert offenders() == set()
    night(400)
    assert offenders() == set()


def miscount() -> None:
    Rfm.objects.filter(orders=5).update(orders=4)


def add_a_purchase() -> None:
    Purchase.objects.filter(ref="order:4-0").update(goods_amount=900)


def misplace() -> None:
    Rfm.objects.filter(orders=5).update(r=1)


def misname() -> None:
    Rfm.objects.filter(orders=5).update(segment="loyal", since=day(9))


@pytest.mark.parametrize(
    ("break_it", "found"),
    [
        (miscount, {"rfm_equals_purchases"}),
        (add_a_purchase, {"rfm_equals_purchases", "rfm_scores_fit_the_last_night"}),
        (misplace, {"rfm_scores_fit_the_last_night"}),
        (misname, {"rfm_scores_fit_the_last_night", "rfm_moves_lead_here"}),
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_is_wrong_is_found(break_it: Callable[[], None], found: set[str]) -> None:
    break_it()
    assert offenders() == found


def test_a_lost_row_is_found_when_a_night_has_been(shop: list[Customer]) -> None:
    Rfm.objects.filter(customer=shop[4]).delete()
    assert offenders() == {"rfm_equals_purchases", "rfm_moves_lead_here"}
    StaleCustomer.objects.create(customer=shop[4], since=day(0))
    RfmRun.objects.all().delete()
    assert offenders() == {"rfm_moves_lead_here"}


def test_a_night_that_did_not_come_is_found() -> None:
    late = next(one for one in INVARIANTS if one.code == ON_TIME)
    for days, count in ((1, 0), (4, 1)):
        RfmRun.objects.all().delete()
        moment = timezone.now() - timedelta(days=days)
        RfmRun.objects.create(day=moment.date(), window_days=365, started_at=moment, finished_at=moment)
        with connection.cursor() as cursor:
            cursor.execute(late.sql)
            assert len(cursor.fetchall()) == count
