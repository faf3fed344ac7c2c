"""Five stories as a bookkeeper would check them: after each step, what the customer has and what is owed.

A step is (what happens, (available, pending, debt)); at the end the ledger must be true in every respect.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import permutations

import pytest

from customers.models import Customer
from points.models import Entry, Lot
from points.queries import liability_by_month
from points.rules import earned_on, points_back, still_to_take_back
from tests.factories import CustomerFactory
from tests.points.rows import adjust, day, earn, expire, give_back, left, spend, sums, take_back, untrue

pytestmark = pytest.mark.django_db

Step = tuple[Callable[[], object], float, tuple[int, int, int]]


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


def follow(customer: Customer, *steps: Step) -> None:
    """Each step: do it, then look at the balance on that day."""
    for number, (happens, when, expected) in enumerate(steps, 1):
        happens()
        assert sums(customer, now=day(when)) == expected, f"after step {number}"
        assert untrue() == set(), f"after step {number}"


def outstanding() -> int:
    """What the programme owes according to the report: the same as the balances, less the debts."""
    return liability_by_month()[-1].liability


def test_spending_over_three_lots_and_refunding_a_part(customer):
    follow(
        customer,
        (lambda: earn(customer, 100, "earn:order:1", expires_at=day(30)), 0, (100, 0, 0)),
        (lambda: earn(customer, 300, "first_purchase:order:1", expires_at=day(60)), 0, (400, 0, 0)),
        (lambda: earn(customer, 200, "holiday:new-year", expires_at=day(10)), 0, (600, 0, 0)),
        # The soonest to expire first: 200 of the holiday, 100 of the order, 150 of the bonus.
        (lambda: spend(customer, 450, "order:2", now=day(1)), 1, (150, 0, 0)),
        # Two of three pieces go back: 300 points, first to where they live longest.
        (lambda: give_back("order:2", 300, "return:refund:1", now=day(5)), 5, (450, 0, 0)),
    )
    assert left("holiday:new-year", "earn:order:1", "first_purchase:order:1") == [50, 100, 300]
    assert outstanding() == 450
    # The holiday's points expire before the last piece goes back: they live two weeks longer.
    follow(
        customer,
        (lambda: expire(day(11)), 11, (400, 0, 0)),
        (lambda: give_back("order:2", None, "return:refund:2", now=day(12)), 12, (550, 0, 0)),
        (lambda: expire(day(25)), 25, (550, 0, 0)),
        (lambda: expire(day(26)), 26, (400, 0, 0)),
    )
    assert outstanding() == 400


def test_refund_after_the_points_were_spent_elsewhere(customer):
    follow(
        customer,
        (lambda: earn(customer, 250, "earn:order:1"), 0, (250, 0, 0)),
        (lambda: earn(customer, 40, "action:review:1", expires_at=day(20)), 0, (290, 0, 0)),
        (lambda: spend(customer, 270, "order:2", now=day(1)), 1, (20, 0, 0)),
        # Order 1 comes back whole: 20 are still in its lot, 230 are nowhere to be found.
        (lambda: take_back("earn:order:1", 250, "take_back:refund:1", now=day(2)), 2, (0, 0, 230)),
        # The next purchase pays the debt first, though its points are still pending.
        (lambda: earn(customer, 130, "earn:order:3", available_from=day(17)), 3, (0, 0, 100)),
        (lambda: adjust(customer, 150, "manual:1", now=day(4)), 4, (50, 0, 0)),
        # Order 2 is cancelled after all: everything spent comes back.
        (lambda: give_back("order:2", None, "return:cancel:2", now=day(5)), 5, (320, 0, 0)),
    )
    # 130 + 150 + 40 were given and kept; order 1 gave nothing.
    assert outstanding() == 130 + 150 + 40


def test_what_comes_back_pays_the_debt_that_it_caused(customer):
    follow(
        customer,
        (lambda: earn(customer, 250, "earn:order:1"), 0, (250, 0, 0)),
        (lambda: spend(customer, 250, "order:2"), 0, (0, 0, 0)),
        (lambda: take_back("earn:order:1", 250, "take_back:refund:1"), 0, (0, 0, 250)),
        (lambda: give_back("order:2", 100, "return:refund:2"), 0, (0, 0, 150)),
        (lambda: give_back("order:2", None, "return:refund:3"), 0, (0, 0, 0)),
    )
    assert (outstanding(), left("earn:order:1")) == (0, [0])


def test_expiry_between_order_and_refund(customer):
    follow(
        customer,
        (lambda: earn(customer, 500, "birthday:2026", expires_at=day(10)), 0, (500, 0, 0)),
        (lambda: spend(customer, 200, "order:1", now=day(5)), 5, (300, 0, 0)),
        (lambda: earn(customer, 90, "earn:order:1", expires_at=day(12), now=day(5)), 5, (390, 0, 0)),
        # The rest of the birthday's points expires, then what the order earned.
        (lambda: expire(day(10)), 10, (90, 0, 0)),
        (lambda: expire(day(13)), 13, (0, 0, 0)),
        # The whole order comes back. What it spent lives 14 days more; what it earned is gone already, and
        # nobody loses the same point twice.
        (lambda: give_back("order:1", None, "return:refund:1", now=day(20)), 20, (200, 0, 0)),
        (lambda: take_back("earn:order:1", None, "take_back:refund:1", now=day(20)), 20, (200, 0, 0)),
        (lambda: expire(day(33.9)), 33.9, (200, 0, 0)),
        (lambda: expire(day(34)), 34, (0, 0, 0)),
    )
    months = [(row.month.month, row.issued, row.taken_back, row.spent, row.expired) for row in liability_by_month()]
    assert months == [(6, 590, 90, 0, 300), (7, 0, 0, 0, 200)]
    assert outstanding() == 0


def test_rest_of_an_expired_lot_is_not_revived_by_a_return(customer):
    follow(
        customer,
        (lambda: earn(customer, 500, "birthday:2026", expires_at=day(10)), 0, (500, 0, 0)),
        (lambda: spend(customer, 200, "order:1", now=day(5)), 5, (300, 0, 0)),
        # The worker was down: the 300 expired, but nobody has written it yet.
        (lambda: give_back("order:1", None, "return:cancel:1", now=day(11)), 11, (200, 0, 0)),
        (lambda: expire(day(11)), 11, (200, 0, 0)),
    )
    assert Lot.objects.get().expires_at == day(25)


LINES = {"SHIRT": (3, 100, Decimal(1000)), "SHOES": (2, 75, Decimal(3330)), "BELT": (1, 33, Decimal(999))}
PERCENT = Decimal(10)


@pytest.mark.parametrize("order", list(permutations(LINES)))
def test_three_partial_refunds_in_every_order_end_at_zero(customer, order):
    """One line of goods each time; SHIRT: 3 pieces, paid with 100 points and 1,000 roubles."""
    spent = sum(points for _quantity, points, _paid in LINES.values())
    earned = earned_on((paid, PERCENT) for _quantity, _points, paid in LINES.values())
    earn(customer, 150, "a", expires_at=day(9))
    earn(customer, 150, "b", expires_at=day(8))
    spend(customer, spent, "order:1")
    earn(customer, earned, "earn:order:1")
    assert (earned, sums(customer)) == (532, (300 - spent + earned, 0, 0))

    remaining, taken = dict(LINES), 0
    for number, sku in enumerate(order):
        quantity, points, _paid = remaining.pop(sku)
        for piece in range(quantity):
            if back := points_back(points, quantity, before=piece, pieces=1):
                give_back("order:1", back, f"return:refund:{number}:{piece}")
        kept = earned_on((paid, PERCENT) for _quantity, _points, paid in remaining.values())
        step = still_to_take_back(earned=earned, taken=taken, kept=kept)
        taken += step
        take_back("earn:order:1", step, f"take_back:refund:{number}")
        assert untrue() == set()

    assert (taken, sums(customer)) == (earned, (300, 0, 0))
    assert left("a", "b", "earn:order:1") == [150, 150, 0]


def test_a_payment_reported_five_times(customer):
    def paid() -> None:
        earn(customer, 285, "earn:order:1", order_ref="order:1", available_from=day(14))
        earn(customer, 300, "first_purchase:order:1", kind="first_purchase", order_ref="order:1")

    follow(customer, *[(paid, 0, (300, 285, 0))] * 5, (lambda: None, 14, (585, 0, 0)))
    assert Entry.objects.count() == 2
    # A whole refund leaves nothing earned, and the next purchase may be the first again.
    follow(
        customer,
        (lambda: take_back("earn:order:1", None, "take_back:refund:1", now=day(15)), 15, (300, 0, 0)),
        (lambda: take_back("first_purchase:order:1", None, "take_back_first:refund:1", now=day(15)), 15, (0, 0, 0)),
        (lambda: earn(customer, 300, "first_purchase:order:2", kind="first_purchase", now=day(16)), 16, (300, 0, 0)),
    )
