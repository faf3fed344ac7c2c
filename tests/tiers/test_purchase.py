"""Up at once when a purchase reaches a threshold (T-2)."""

from decimal import Decimal

import pytest

from notifications.models import OutboxMessage
from tests.factories import NOW, CustomerFactory
from tests.tiers.rows import buy, day, moves, pay, stands, tier
from tiers import services
from tiers.models import Ladder, Standing, Tier, TierChange

pytestmark = pytest.mark.django_db


def review_after(customer, *, on=0):
    return services.review_after_purchase(customer_id=customer.pk, order_ref="order:1", now=day(on))


def test_below_the_threshold_nothing_moves(django_assert_num_queries):
    customer = CustomerFactory.create()
    buy(customer, "14999.99")
    with django_assert_num_queries(1):
        assert review_after(customer) is None
    assert (stands(customer), moves(customer), OutboxMessage.objects.count()) == (None, [], 0)


def test_the_purchase_that_reaches_it_lifts_at_once(django_assert_num_queries):
    customer = CustomerFactory.create()
    buy(customer, 10_000, on=-300)
    buy(customer, 5_000)
    with django_assert_num_queries(3):
        change = review_after(customer)
    kept = TierChange.objects.get()
    assert stands(customer) == ("silver", NOW, None)
    for found in (change, kept):
        assert (found.pk, found.customer_id, found.from_tier_id, found.to_tier_id) == (
            *(kept.pk, customer.pk, None, tier("silver").pk),
        )
        assert (found.cause, found.changed_at, found.order_ref) == ("purchase", NOW, "order:1")
        assert (found.spent, found.orders, found.author_id) == (Decimal("15000.00"), 2, None)
    message = OutboxMessage.objects.get()
    assert (message.key, message.kind, message.customer_id) == (f"tier_changed:{kept.pk}", "tier_changed", customer.pk)
    assert message.payload == {"from": None, "to": "silver", "cause": "purchase", "order": "order:1"}


def test_the_same_purchase_again_moves_nothing(django_assert_num_queries):
    customer = CustomerFactory.create()
    buy(customer, 60_000)
    review_after(customer)
    with django_assert_num_queries(1):
        assert review_after(customer) is None
    assert moves(customer) == [(None, "gold", "purchase")]


def test_steps_up_one_by_one_and_over_two():
    customer = CustomerFactory.create()
    for amount in (15_000, 1_000, 200_000):
        pay(customer, amount)
    assert moves(customer) == [(None, "silver", "purchase"), ("silver", "platinum", "purchase")]


def test_what_does_not_count():
    customer = CustomerFactory.create()
    buy(customer, 15_000, on=-365)  # a year ago to the moment: no longer
    buy(customer, 15_000, on=1)
    buy(customer, 15_000, refunded_amount=1)
    buy(CustomerFactory.create(), 50_000)
    assert review_after(customer) is None
    assert review_after(customer, on=-0.001).to_tier == tier("silver")


def test_never_down_with_a_purchase():
    customer = CustomerFactory.create()
    pay(customer, 60_000, on=-500)
    assert pay(customer, 20_000) is None
    assert stands(customer) == ("gold", day(-500), None)


def test_who_deserves_it_again_keeps_the_tier_he_was_to_lose(django_assert_num_queries):
    customer = CustomerFactory.create()
    pay(customer, 60_000, on=-400)
    Standing.objects.update(lapses_at=day(3))
    assert pay(customer, 49_999, on=-1) is None
    assert stands(customer) == ("gold", day(-400), day(3))
    buy(customer, 1)
    with django_assert_num_queries(2):
        assert review_after(customer) is None
    assert stands(customer) == ("gold", day(-400), None)


def test_a_step_up_ends_the_way_down():
    customer = CustomerFactory.create()
    pay(customer, 20_000, on=-400)
    Standing.objects.update(lapses_at=day(3))
    pay(customer, 50_000)
    assert stands(customer) == ("gold", NOW, None)


@pytest.mark.parametrize(("refunded", "code"), [(0, "silver"), (1, "silver"), (1_000, None)])
def test_by_orders_one_given_back_whole_does_not_count(refunded, code):
    Ladder.objects.update(basis="orders")
    customer = CustomerFactory.create()
    for _ in range(4):
        buy(customer, 100)
    buy(customer, 1_000, refunded_amount=refunded)
    change = review_after(customer)
    assert (change and change.to_tier.code) == code


def test_a_tier_taken_off_the_ladder_is_reached_by_nobody():
    Tier.objects.filter(code="silver").update(is_active=False)
    customer = CustomerFactory.create()
    assert pay(customer, 20_000) is None
    assert pay(customer, 30_000).to_tier.code == "gold"
