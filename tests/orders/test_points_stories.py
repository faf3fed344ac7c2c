"""Purchases as a bookkeeper would check them (O-5, O-6, O-7): after each step, what the customer has."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.models import OutboxMessage
from orders.queries.refund_preview import refund_preview
from orders.services import cancel_overdue
from points.models import Entry, Lot
from tests.factories import CustomerFactory, ProductFactory, ProgrammeFactory
from tests.orders.points_story import Till, broken, moved
from tests.points.rows import day as at
from tests.points.rows import earn, expire, left
from tiers.models import Card

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> Till:
    """SHIRT 1,000, SHOES 3,333 and BELT 999.99; 10 % comes back in points, the first purchase brings 300."""
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    ProductFactory(sku="SHOES", price=Decimal("3333.00"))
    ProductFactory(sku="BELT", price=Decimal("999.99"))
    return Till(CustomerFactory())


def test_points_are_earned_held_spent_and_given_back_by_cancelling(till):
    ProgrammeFactory(points_hold_days=14)
    till.follow(
        (lambda: till.place("first", "SHIRT"), 0, (0, 0, 0)),
        (lambda: till.pay("first"), 0, (0, 400, 0)),
        (lambda: None, 13.9, (0, 400, 0)),
        (lambda: till.place("second", "SHOES", on=14, points=400), 14, (0, 0, 0)),
        (lambda: till.cancel("second", on=15), 15, (400, 0, 0)),
        # 30 % of 1,000 roubles, no more.
        (lambda: till.buy("third", "SHIRT", on=16, points=300), 16, (100, 70, 0)),
    )
    assert list(Lot.objects.order_by("pk").values_list("kind", "amount")) == [
        ("purchase", 100),
        ("first_purchase", 300),
        ("purchase", 70),
    ]


def test_spending_over_three_lots_and_refunding_a_part(till):
    earn(till.customer, 100, "action:1", expires_at=at(30))
    earn(till.customer, 300, "action:2", expires_at=at(60))
    earn(till.customer, 200, "action:3", expires_at=at(10))
    till.follow(
        # 450 points pay for three shirts: the 200 that expire first, then 100, then 150. 2,550 roubles earn 255.
        (lambda: till.buy("order", "SHIRT", quantity=3, on=1, points=450), 1, (150 + 255 + 300, 0, 0)),
        # Two pieces go back: 300 points, first to where they live longest. 850 roubles remain and earn 85.
        (lambda: till.refund("order", ("SHIRT", 2), on=5), 5, (705 + 300 - 170, 0, 0)),
    )
    assert left("action:3", "action:1", "action:2") == [50, 100, 300]
    till.follow(
        # What came back to the holiday's lot expires on its day.
        (lambda: expire(at(10)), 10, (785, 0, 0)),
        # The last piece: 150 points, to live 14 days more; the 85 and the first purchase's 300 go.
        (lambda: till.refund("order", on=12), 12, (785 + 150 - 85 - 300, 0, 0)),
        (lambda: expire(at(25.9)), 25.9, (550, 0, 0)),
        (lambda: expire(at(26)), 26, (400, 0, 0)),
    )


def test_refund_after_the_points_were_spent_elsewhere(till):
    till.follow(
        (lambda: till.buy("first", "SHOES"), 0, (333 + 300, 0, 0)),
        # 30 % of 4,332.99 would be 1,299: all 633 are spent. 3,699.99 roubles earn 369.
        (lambda: till.buy("second", "SHOES", "BELT", points=633, on=1), 1, (369, 0, 0)),
        # The first comes back whole: 633 were earned, 369 are there.
        (lambda: till.refund("first", on=2), 2, (0, 0, 264)),
        # It is no purchase any more, so the next one is the first: 300 and 100 pay the debt.
        (lambda: till.buy("third", "SHIRT", on=3), 3, (400 - 264, 0, 0)),
        # The second comes back as well: 633 return, 369 go.
        (lambda: till.refund("second", on=4), 4, (136 + 633 - 369, 0, 0)),
        (lambda: till.refund("third", on=5), 5, (0, 0, 0)),
    )


def test_expiry_between_order_and_refund(till):
    ProgrammeFactory(first_purchase_bonus=0)
    earn(till.customer, 500, "birthday:2026", expires_at=at(10))
    till.follow(
        (lambda: till.buy("order", "SHIRT", points=200, on=5), 5, (300 + 80, 0, 0)),
        (lambda: expire(at(10)), 10, (80, 0, 0)),
        # The 200 live 14 days more, the 300 do not come back; the 80 go.
        (lambda: till.refund("order", on=20), 20, (200, 0, 0)),
        (lambda: expire(at(33.9)), 33.9, (200, 0, 0)),
        (lambda: expire(at(34)), 34, (0, 0, 0)),
    )


@pytest.mark.parametrize("order", list(permutations(["SHIRT", "SHOES", "BELT"])))
def test_three_partial_refunds_in_every_order_end_at_zero(till, order):
    earn(till.customer, 999, "action:1")
    placed = till.buy("order", "SHIRT", "SHOES", "BELT", points=999, delivery_price=Decimal("300.00"))
    assert (placed.points_to_earn, till.has()) == (433, (433 + 300, 0, 0))

    refunds = [moved(till.refund("order", (sku, 1))) for sku in order]

    assert tuple(map(sum, zip(*refunds, strict=True))) == (placed.total, 999, 433 + 300)
    assert (till.has(), broken()) == ((999, 0, 0), set())


def test_payment_reported_five_times_brings_everything_once(till):
    till.place("order", "SHIRT")
    till.follow(*[(lambda: till.pay("order"), 0, (400, 0, 0))] * 5)
    assert sorted(Entry.objects.values_list("fact", flat=True)) == [
        f"earn:order:{till.numbers['order']}",
        f"first_purchase:order:{till.numbers['order']}",
    ]
    assert [(row.key, row.payload) for row in OutboxMessage.objects.filter(kind="thank_you")] == [
        (
            f"thank_you:order:{till.numbers['order']}",
            {"order": till.numbers["order"], "points": 100, "bonus": 300, "is_first": True},
        )
    ]
    assert Card.objects.filter(customer=till.customer).count() == 1


def test_second_purchase_has_no_bonus_and_the_card_stays(till):
    till.follow(
        (lambda: till.buy("first", "SHIRT"), 0, (400, 0, 0)),
        (lambda: till.buy("second", "SHIRT"), 0, (500, 0, 0)),
    )
    assert Card.objects.filter(customer=till.customer).count() == 1


def test_zero_amounts_post_nothing(till):
    ProgrammeFactory(base_earn_percent=0, first_purchase_bonus=0)
    till.follow((lambda: till.buy("order", "SHIRT"), 0, (0, 0, 0)), (lambda: till.refund("order"), 0, (0, 0, 0)))
    assert not Entry.objects.exists()


def test_unpaid_order_gives_its_points_back_when_its_time_is_over(till):
    earn(till.customer, 100, "action:1")
    till.follow(
        (lambda: till.place("order", "SHIRT", points=100), 0, (0, 0, 0)),
        (lambda: cancel_overdue(number=till.numbers["order"], now=at(1)), 1, (100, 0, 0)),
    )


def test_staff_are_shown_before_what_a_refund_moves(till):
    earn(till.customer, 200, "action:1")
    till.buy("order", "SHIRT", "BELT", quantity=2, points=200, delivery_price=Decimal("300.00"))
    for asked in ({"SHIRT": 1}, {"BELT": 2}, {"SHIRT": 1}):
        shown = refund_preview(till.order("order"), asked)
        refund = till.refund("order", *asked.items())
        assert (shown.amount, shown.points_returned, shown.points_taken_back) == moved(refund)


PIECES = st.lists(st.tuples(st.sampled_from(["SHIRT", "SHOES", "BELT"]), st.integers(1, 4)), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quantity=st.integers(1, 4), share=st.integers(0, 100), asked=PIECES)
def test_any_steps_of_refund_add_up_to_the_whole(till, quantity, share, asked):
    """To the kopeck and the point: money = what was paid, points returned = spent, taken back = earned."""
    till = Till(CustomerFactory())
    earn(till.customer, 1000, f"action:{till.customer.pk}")
    points = min(1000, quantity * 1599) * share // 100
    placed = till.buy("order", "SHIRT", "SHOES", "BELT", quantity=quantity, points=points)
    remaining = dict.fromkeys(("SHIRT", "SHOES", "BELT"), quantity)
    steps = []
    for sku, pieces in asked:
        if 0 < pieces <= remaining[sku]:
            remaining[sku] -= pieces
            steps.append(moved(till.refund("order", (sku, pieces))))
    if any(remaining.values()):
        steps.append(moved(till.refund("order")))

    assert tuple(map(sum, zip(*steps, strict=True))) == (placed.total, points, placed.points_to_earn + 300)
    assert till.has() == (1000, 0, 0)
    assert broken() == set()
