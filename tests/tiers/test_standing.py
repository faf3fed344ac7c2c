"""Where a customer stands, why, and how far the next tier is (T-3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import NOW, CustomerFactory, MembershipPlanFactory, UserFactory
from tests.tiers.ladders import changed, save
from tests.tiers.rows import buy, day, pay, review, tier
from tiers import queries
from tiers.models import Ladder, Membership, TierChange
from tiers.queries import CountedPurchase

pytestmark = pytest.mark.django_db


def next_of(view):
    return view.next and (view.next.code, view.next.name, view.next.missing_amount, view.next.missing_orders)


def test_a_new_customer_stands_on_the_lowest_since_he_registered(django_assert_num_queries):
    customer = CustomerFactory.create(registered_at=day(-10))
    with django_assert_num_queries(4):
        view = queries.standing(customer.pk, now=NOW)
    assert (view.code, view.name, view.since, view.spent, view.orders) == (
        "standard",
        "Стандарт",
        day(-10),
        Decimal("0.00"),
        0,
    )
    assert next_of(view) == ("silver", "Серебро", Decimal("15000.00"), None)
    assert (view.tier, view.next.tier, view.basis) == (tier("standard"), tier("silver"), "spend")
    assert (view.lapses_at, view.lapses_to, view.to_keep, view.membership) == (None, None, None, None)


def test_the_way_to_the_next_tier():
    customer = CustomerFactory.create()
    pay(customer, "16000.50")
    pay(customer, "0.25", on=1)
    view = queries.standing(customer.pk, now=day(1))
    assert (view.code, view.since, view.spent, view.orders) == ("silver", NOW, Decimal("16000.75"), 2)
    assert next_of(view) == ("gold", "Золото", Decimal("33999.25"), None)


def test_at_the_top_there_is_no_next():
    customer = CustomerFactory.create()
    pay(customer, 150_000)
    assert queries.standing(customer.pk, now=NOW).next is None


def test_who_deserves_more_already_rises_with_the_next_review():
    customer = CustomerFactory.create()
    buy(customer, 60_000)
    view = queries.standing(customer.pk, now=NOW)
    assert (view.code, view.next.code, view.next.missing_amount) == ("standard", "silver", Decimal("0.00"))
    assert (view.rises_to.code, view.rises_to.missing_amount, view.rises_to.tier) == ("gold", 0, tier("gold"))
    review()
    view = queries.standing(customer.pk, now=NOW)
    assert (view.code, view.rises_to) == ("gold", None)


def test_in_orders_where_orders_count():
    Ladder.objects.update(basis="orders")
    customer = CustomerFactory.create()
    for _ in range(6):
        pay(customer, 100)
    view = queries.standing(customer.pk, now=NOW)
    assert (view.code, view.orders, view.basis) == ("silver", 6, "orders")
    assert next_of(view) == ("gold", "Золото", None, 9)


def test_who_is_to_go_down_sees_when_where_to_and_what_keeps_him():
    customer = CustomerFactory.create()
    pay(customer, 60_000, on=-370)
    pay(customer, 20_000, on=-1)
    assert queries.standing(customer.pk, now=NOW).lapses_at is None
    review()
    view = queries.standing(customer.pk, now=day(1))
    assert (view.code, view.lapses_at, view.lapses_to) == ("gold", day(30), tier("silver"))
    assert (view.to_keep.code, view.to_keep.missing_amount) == ("gold", Decimal("30000.00"))
    assert next_of(view) == ("platinum", "Платина", Decimal("130000.00"), None)
    pay(customer, 30_000, on=1)
    assert queries.standing(customer.pk, now=day(1)).lapses_at is None


def test_an_import_keeps_him_before_the_review_has_seen_it():
    customer = CustomerFactory.create()
    pay(customer, 60_000, on=-370)
    review()
    buy(customer, 50_000)
    view = queries.standing(customer.pk, now=NOW)
    assert (view.lapses_at, view.lapses_to, view.to_keep) == (None, None, None)


def test_on_a_tier_taken_off_nothing_keeps_him():
    customer = CustomerFactory.create()
    pay(customer, 60_000)
    save(changed(without=("gold",)))
    review(on=1)
    view = queries.standing(customer.pk, now=day(1))
    assert (view.code, view.lapses_to, view.to_keep) == ("gold", tier("silver"), None)
    assert next_of(view) == ("platinum", "Платина", Decimal("90000.00"), None)


def test_a_membership_lies_over_it():
    customer = CustomerFactory.create()
    plan = MembershipPlanFactory.create()
    given = {"customer": customer, "plan": plan, "tier": plan.tier, "fee_amount": 1}
    live = Membership.objects.create(order_ref="order:1", starts_at=day(-1), ends_at=day(29), **given)
    Membership.objects.create(order_ref="order:2", starts_at=day(29), ends_at=day(60), **given)
    view = queries.standing(customer.pk, now=NOW)
    assert (view.code, view.membership, view.membership.tier.code) == ("standard", live, "gold")
    assert view.membership.paid_until == day(60)
    assert queries.standing(customer.pk, now=day(60)).membership is None


def test_a_stranger_stands_nowhere():
    with pytest.raises(LookupError):
        queries.standing(0, now=NOW)


def test_what_counts_and_until_when(django_assert_num_queries):
    customer = CustomerFactory.create()
    old = buy(customer, 5_000, on=-364.5)
    buy(customer, 7_000, on=-365)
    buy(customer, 7_000, on=0.1)
    buy(customer, 7_000, refunded_amount=7_000)
    new = buy(customer, 1_000, refunded_amount=400)
    with django_assert_num_queries(2):
        found = queries.counted_purchases(customer.pk, now=NOW)
    year = timedelta(days=365)
    assert found == [
        CountedPurchase(new.ref, NOW, Decimal("600.00"), NOW + year),
        CountedPurchase(old.ref, day(-364.5), Decimal("5000.00"), day(0.5)),
    ]
    view = queries.standing(customer.pk, now=NOW)
    assert (view.spent, view.orders) == (sum(row.amount for row in found), len(found))


def test_until_when_a_purchase_counts_is_when_it_stops():
    customer = CustomerFactory.create()
    buy(customer, 5_000)
    until = queries.counted_purchases(customer.pk, now=NOW)[0].counts_until
    assert queries.standing(customer.pk, now=until - timedelta(microseconds=1)).orders == 1
    assert queries.standing(customer.pk, now=until).orders == 0


def test_changes_are_newest_first(django_assert_num_queries):
    customer = CustomerFactory.create()
    for amount in (15_000, 40_000, 200_000):
        pay(customer, amount)
    TierChange.objects.create(
        customer=customer,
        to_tier=tier("gold"),
        cause="staff",
        changed_at=NOW,
        spent=0,
        orders=0,
        author=UserFactory.create(),
    )
    with django_assert_num_queries(1):
        found = [(row.to_tier.code, str(row.author or "")) for row in queries.changes(customer.pk)]
    assert [code for code, _author in found] == ["gold", "platinum", "gold", "silver"]


def test_memberships_are_newest_first_with_their_state(django_assert_num_queries):
    customer, plan = CustomerFactory.create(), MembershipPlanFactory.create()
    given = {"customer": customer, "plan": plan, "tier": plan.tier, "fee_amount": 1}
    spans = {"ended": (-40, -10), "live": (-10, 20), "upcoming": (20, 50)}
    for number, (start, end) in enumerate(spans.values()):
        Membership.objects.create(order_ref=f"order:{number}", starts_at=day(start), ends_at=day(end), **given)
    void = given | {"starts_at": day(50), "ends_at": day(80), "refunded_at": NOW, "quantity": 0}
    Membership.objects.create(order_ref="order:9", **void)
    with django_assert_num_queries(1):
        found = [(row.state, row.tier.code, row.plan.sku) for row in queries.memberships(customer.pk, now=NOW)]
    assert found == [(state, "gold", plan.sku) for state in ("refunded", "upcoming", "live", "ended")]
