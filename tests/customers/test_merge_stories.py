"""Orders, codes, referrals and points of two customers who become one (CU-3): nothing is lost, nothing comes twice."""

from decimal import Decimal

import pytest
from django.db import connection

from customers.models import Customer
from loyalty_site.kernel.errors import DomainError
from notifications.models import OutboxMessage
from orders.models import Order
from orders.queries import QuoteRequest, quote
from points.queries import balance
from promocodes.models import HolderUse, PromoCode
from referrals.models import Referral, Reward, Trait
from referrals.queries import friends, inviter, link_of
from tests.customers.merging import findings, merged
from tests.factories import AmbassadorFactory, CustomerFactory, ProductFactory, ProgrammeFactory
from tests.orders.points_story import Till
from tests.promocodes.rows import make_code
from tests.referrals.referral_story import Friends, day, register
from tiers.models import Card, Standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _goods() -> None:
    ProgrammeFactory(base_earn_percent=5, first_purchase_bonus=100, points_hold_days=0)
    ProductFactory(sku="SHIRT", price=Decimal("3333.33"))
    ProductFactory(sku="HAT", price=Decimal("1000.10"))


@pytest.fixture
def two() -> tuple[Till, Till]:
    return Till(CustomerFactory()), Till(CustomerFactory())


def available(customer: Customer) -> int:
    return balance(customer.pk, now=day(9)).available


def test_sums_are_the_same_and_refunds_of_both_work_to_the_kopeck(two: tuple[Till, Till]) -> None:
    older, newer = two
    older.buy("a", "SHIRT", "HAT", on=1)
    newer.buy("b", "SHIRT", "HAT", on=1)
    newer.buy("c", "HAT", on=2, points=50)
    before = available(older.customer) + available(newer.customer)

    merge = merged(older.customer, newer.customer, now=day(3))

    assert (available(older.customer), available(newer.customer)) == (before, 0)
    assert {"part": "orders", "count": 2, "amount": "5283.53", "baskets": 0} in merge.steps
    assert set(Order.objects.values_list("customer", flat=True)) == {older.customer.pk}
    assert findings() == {}
    paid = {"a": Decimal("4333.43"), "b": Decimal("4333.43"), "c": Decimal("950.10")}
    assert newer.refund("b", ("SHIRT", 1), on=4).amount == Decimal("3333.33")
    assert newer.refund("b", on=5).amount == paid["b"] - Decimal("3333.33")
    assert older.refund("a", on=5).amount == paid["a"]
    assert newer.refund("c", on=6).amount == paid["c"]
    assert (older.has(7), findings()) == ((0, 0, 0), {})


def test_the_next_purchase_is_not_first_while_one_of_the_two_is_kept(two: tuple[Till, Till]) -> None:
    older, newer = two
    older.buy("a", "SHIRT", on=1)
    newer.buy("b", "SHIRT", on=2)
    merged(older.customer, newer.customer, now=day(3))

    older.refund("a", on=4)
    older.buy("c", "SHIRT", on=5)

    assert findings() == {}
    assert available(older.customer) == 166 + 100 + 166


def test_a_code_once_per_customer_that_each_has_used_cannot_be_used_again(two: tuple[Till, Till]) -> None:
    older, newer = two
    code = make_code(code="ONCEEACH", max_uses_per_customer=1)
    older.buy("a", "SHIRT", on=1, promo_code=code.code)
    newer.buy("b", "SHIRT", on=2, promo_code=code.code)

    merge = merged(older.customer, newer.customer, now=day(3))

    holder = f"customer:{older.customer.pk}"
    assert {"part": "codes", "codes": 0, "uses": 1} in merge.steps
    assert list(HolderUse.objects.filter(holder__startswith="customer:").values_list("holder", "uses")) == [(holder, 2)]
    request = QuoteRequest("site", (("SHIRT", 1),), customer_id=older.customer.pk, promo_code=code.code)
    outcome = quote(request, now=day(4)).promo_code
    assert outcome is not None
    assert (outcome.status, outcome.reason) == ("rejected", "customer_limit")
    assert findings() == {}


def test_the_doctor_still_sees_a_real_overrun_after_a_merge(two: tuple[Till, Till]) -> None:
    older, newer = two
    code = make_code(code="ONCEEACH", max_uses_per_customer=1)
    for till, name in ((older, "a"), (newer, "b")):
        till.buy(name, "SHIRT", on=1, promo_code=code.code)
    merged(older.customer, newer.customer, now=day(3))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE promocodes_redemption SET redeemed_at = %s WHERE order_ref = %s", [day(4), "order:2"])
        cursor.execute(
            "UPDATE promocodes_redemption SET redeemed_at = %s WHERE id = (SELECT max(id) FROM promocodes_redemption)",
            [day(4)],
        )

    assert "customer_uses_within_limit" in findings()


def test_personal_codes_cards_and_tiers_follow(two: tuple[Till, Till]) -> None:
    older, newer = two
    code = make_code()
    PromoCode.objects.filter(pk=code.pk).update(customer=newer.customer)
    for name in ("a", "b", "c"):
        older.buy(name, "SHIRT", on=1)
        newer.buy(name, "SHIRT", on=1)
    virtual = list(Card.objects.values_list("number", flat=True))

    merge = merged(older.customer, newer.customer, now=day(2))

    code.refresh_from_db()
    assert code.customer_id == older.customer.pk
    cards = Card.objects.filter(number__in=virtual, customer=older.customer).order_by("pk")
    assert [card.kind for card in cards] == ["virtual", "imported"]
    assert Standing.objects.get().tier.code == "silver"
    assert {"part": "tiers", "cards": 1, "memberships": 0, "lifted": True} in merge.steps
    assert findings() == {}


def test_the_better_tier_stays(two: tuple[Till, Till]) -> None:
    older, newer = two
    for name in ("a", "b", "c", "d", "e"):
        newer.buy(name, "SHIRT", on=1)

    merged(older.customer, newer.customer, now=day(400))

    row = Standing.objects.get()
    assert (row.customer_id, row.tier.code) == (older.customer.pk, "silver")
    assert findings() == {}


def test_one_who_brought_himself_loses_what_it_brought() -> None:
    ProgrammeFactory()
    story = Friends()
    story.till.buy("first", "SHIRT", on=1)
    assert story.payout(15) == 1
    before = available_on(story.referrer, 16) + available_on(story.newcomer, 16)

    merge = merged(story.referrer, story.newcomer, now=day(16))

    referral = Referral.objects.get()
    assert referral.newcomer_id == story.newcomer.pk
    assert next(step for step in merge.steps if step["part"] == "referrals")["void"] == "himself"
    assert available_on(story.referrer, 16) == before - 300
    assert friends(story.referrer.pk, now=day(16)) == []
    assert findings() == {}


def available_on(customer: Customer, on: float) -> int:
    return balance(customer.pk, now=day(on)).available


def test_unpaid_rewards_of_a_void_referral_are_refused() -> None:
    story = Friends()
    story.till.buy("first", "SHIRT", on=1)

    merged(story.referrer, story.newcomer, now=day(2))

    assert set(Reward.objects.values_list("status", flat=True)) == {"rejected"}
    assert story.payout(20) == 0
    assert findings() == {}


def test_rings_do_not_close() -> None:
    first = CustomerFactory()
    second = register("second@shop.test", code=link_of(first.pk).code)
    third = register("third@shop.test", code=link_of(second.pk).code)

    merged(first, third)

    assert [(row.referrer_id, row.newcomer_id) for row in Referral.objects.order_by("pk")] == [
        (first.pk, second.pk),
        (second.pk, third.pk),
    ]
    assert findings() == {}
    merged(first, second)
    assert findings() == {}


def test_who_was_brought_stays_brought_and_brings_on() -> None:
    first, second = CustomerFactory(), CustomerFactory()
    third = register("third@shop.test", code=link_of(first.pk).code)
    fourth = register("fourth@shop.test", code=link_of(third.pk).code)
    link = link_of(third.pk)

    merged(second, third)

    assert list(Referral.objects.order_by("pk").values_list("referrer", "newcomer")) == [
        (first.pk, second.pk),
        (second.pk, fourth.pk),
    ]
    found = inviter(link.code)
    assert found is not None
    assert found.customer_id == second.pk
    assert Trait.objects.filter(customer=third).count() == 0
    assert findings() == {}


def test_two_ambassadors_are_refused() -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    for customer in (older, newer):
        AmbassadorFactory(customer=customer)

    with pytest.raises(DomainError) as refused:
        merged(older, newer)

    assert refused.value.code == "two_ambassadors"


def test_orders_of_the_old_id_are_the_survivors(two: tuple[Till, Till]) -> None:
    older, newer = two
    merged(older.customer, newer.customer, now=day(1))

    order = newer.buy("late", "SHIRT", on=2)

    assert order.customer_id == older.customer.pk
    assert set(OutboxMessage.objects.values_list("customer", flat=True)) == {older.customer.pk}
    assert findings() == {}
