"""What a customer brings into a quote, in one query (Q-2, Q-4, Q-6, Q-10)."""

from decimal import Decimal

import pytest
from django.utils import translation

from tests.factories import (
    NOW,
    CardFactory,
    CustomerFactory,
    MembershipPlanFactory,
    ProgrammeFactory,
    TierFactory,
)
from tests.tiers.rows import buy, day, pay, tier
from tiers.models import DiscountStep, Ladder, Membership, Tier
from tiers.queries import benefits
from tiers.rules import Benefits, Offer

pytestmark = pytest.mark.django_db


def steps(ladder, *pairs):
    for threshold, percent in pairs:
        DiscountStep.objects.create(ladder=ladder, threshold_amount=threshold, percent=percent)


def test_a_new_customer_has_the_lowest_tier(django_assert_num_queries):
    customer = CustomerFactory.create()
    with django_assert_num_queries(1):
        found = benefits(customer.pk, now=NOW)
    assert found == Benefits(tier="standard", tier_name="Стандарт", reached=frozenset({"standard"}))


def test_everything_at_once_is_one_query(django_assert_num_queries):
    customer = CustomerFactory.create()
    pay(customer, 16_000, on=-400)
    steps("cumulative", (10_000, 2), (100_000, 9))
    steps("order_total", (3_000, 4))
    CardFactory.create(number="777000123456", customer=customer, percent=6)
    CardFactory.create(number="777000999999", customer=customer, percent=1)
    plan = MembershipPlanFactory.create(sku="CLUB")
    Membership.objects.create(
        customer=customer, plan=plan, tier=plan.tier, order_ref="order:1", fee_amount=1, starts_at=NOW, ends_at=day(30)
    )
    with django_assert_num_queries(1):
        found = benefits(customer.pk, now=NOW)
    assert found == Benefits(
        tier="gold",
        tier_name="Золото",
        reached=frozenset({"standard", "silver", "gold"}),
        cashback_percent=Decimal(15),
        ships_free=True,
        offers=(
            Offer("tier", Decimal(5), "Золото"),
            Offer("ladder", Decimal(2), "cumulative"),
            Offer("card", Decimal(6), "3456"),
        ),
        order_steps=((Decimal(3_000), Decimal(4)),),
        membership_skus=frozenset({"CLUB"}),
    )


def test_an_anonymous_customer_is_one_query_too(django_assert_num_queries):
    steps("cumulative", (1, 2))
    steps("order_total", (3_000, 4), (9_000, 5))
    MembershipPlanFactory.create(sku="CLUB", is_active=False)
    with django_assert_num_queries(1):
        found = benefits(None, now=NOW)
    order_steps = ((Decimal(3_000), Decimal(4)), (Decimal(9_000), Decimal(5)))
    assert found == Benefits(order_steps=order_steps, membership_skus=frozenset({"CLUB"}))


@pytest.mark.parametrize(
    ("given", "live"),
    [
        ({"starts_at": day(-1), "ends_at": day(1)}, True),
        ({"starts_at": NOW, "ends_at": day(1)}, True),
        ({"starts_at": day(-1), "ends_at": NOW}, False),
        ({"starts_at": day(1), "ends_at": day(2)}, False),
        ({"starts_at": day(-1), "ends_at": day(1), "refunded_at": NOW, "quantity": 0}, False),
    ],
)
def test_a_membership_counts_while_it_lasts(given, live):
    customer, plan = CustomerFactory.create(), MembershipPlanFactory.create()
    Membership.objects.create(customer=customer, plan=plan, tier=plan.tier, order_ref="order:1", fee_amount=1, **given)
    assert benefits(customer.pk, now=NOW).tier == ("gold" if live else "standard")


@pytest.mark.parametrize("given", [{"blocked_at": NOW}, {"percent": 0}, {"customer": None}])
def test_a_card_that_gives_nothing_makes_no_offer(given):
    customer = CustomerFactory.create()
    CardFactory.create(**{"customer": customer, "percent": 5} | given)
    assert benefits(customer.pk, now=NOW).offers == ()


def test_the_cumulative_ladder_counts_what_was_ever_paid_and_kept():
    customer = CustomerFactory.create()
    buy(customer, 9_000, on=-3_000)
    buy(customer, 2_000, on=-1, refunded_amount=1_001)
    buy(customer, 5_000, on=1)
    buy(CustomerFactory.create(), 50_000)
    steps("cumulative", (9_999, 1), (10_000, 2))
    assert benefits(customer.pk, now=NOW).offers == (Offer("ladder", Decimal(1), "cumulative"),)


def test_by_orders_the_lowest_tier_is_the_one_from_no_orders():
    Ladder.objects.update(basis="orders")
    Tier.objects.filter(code="standard").update(threshold_orders=99, threshold_amount=None)
    TierFactory.create(code="first", threshold_orders=0, cashback_percent=11)
    found = benefits(CustomerFactory.create().pk, now=NOW)
    assert (found.tier, found.reached, found.cashback_percent) == ("first", frozenset({"first"}), Decimal(11))


def test_a_tier_below_the_programmes_rate_never_wins():
    ProgrammeFactory.create(base_earn_percent=13)
    customer = CustomerFactory.create()
    pay(customer, 16_000)
    assert benefits(customer.pk, now=NOW).cashback_percent == Decimal(12)
    plan = MembershipPlanFactory.create(tier=tier("standard"))
    Membership.objects.create(
        customer=customer, plan=plan, tier=plan.tier, order_ref="order:1", fee_amount=1, starts_at=NOW, ends_at=day(30)
    )
    assert benefits(customer.pk, now=NOW).cashback_percent is None


def test_names_are_in_the_readers_language():
    customer = CustomerFactory.create()
    with translation.override("en"):
        assert benefits(customer.pk, now=NOW).tier_name == "Standard"
