"""Points and tiers in a quote and in an order (Q-2, Q-4, Q-5, Q-6, Q-9, Q-10, O-2, PC-9, PC-11, T-5)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from customers.models import Customer
from loyalty_site.kernel.errors import InvalidInput
from orders.models import Order
from orders.queries import QuoteRequest, check_code, quote
from orders.services import Contact, NotEnoughPoints, claim_order, pay_order, refund_order
from points import services as ledger
from points.models import Entry
from points.services import spend
from promocodes.services import CodeRejected
from tests.factories import NOW, CategoryFactory, CustomerFactory, ProductFactory, ProgrammeFactory, PromoCodeFactory
from tests.orders.ordering import place, place_at
from tests.orders.points_story import Till, broken
from tests.points.rows import adjust, earn, sums
from tiers.models import Card, DiscountStep, Membership, MembershipPlan, Standing, Tier

pytestmark = pytest.mark.django_db

DELIVERY = Decimal("300.00")


@pytest.fixture
def customer() -> Customer:
    ProductFactory(sku="SHIRT", name="Shirt", price=Decimal("1000.00"))
    found: Customer = CustomerFactory()
    return found


@pytest.fixture
def club() -> MembershipPlan:
    ProductFactory(sku="CLUB", name="Club", price=Decimal("500.00"))
    gold = Tier.objects.get(code="gold")
    return MembershipPlan.objects.create(code="club", name="Club", sku="CLUB", tier=gold, months=1)


def stand(customer: Customer, code: str) -> None:
    Standing.objects.create(customer=customer, tier=Tier.objects.get(code=code), since=NOW)


def ask(customer: Customer | None, *lines: tuple[str, int], at: Any = NOW, **fields: Any) -> dict[str, Any]:
    request = QuoteRequest("site", lines or (("SHIRT", 1),), customer_id=customer.pk if customer else None, **fields)
    with translation.override("en"):
        return quote(request, now=at).document()


def said(found: dict[str, Any], step: str) -> list[str]:
    return [part["text"].replace("\xa0", " ") for part in found["explanation"] if part["step"] == step]


class TestTier:
    def test_best_percent_wins_and_says_what_it_beat(self, customer: Customer) -> None:
        stand(customer, "gold")
        Card.objects.create(number="0001112223", kind="imported", customer=customer, percent=3, issued_at=NOW)
        DiscountStep.objects.create(ladder="order_total", threshold_amount=Decimal(500), percent=Decimal(2))

        found = ask(customer)

        assert found["lines"][0]["discounts"] == [{"source": "tier", "percent": "5.00", "amount": "50.00"}]
        assert said(found, "automatic") == [
            (
                "Discount of 5% for the tier “Gold” on “Shirt”: better than discount of 3% for the card •2223"
                " and discount of 2% for the sum of the order."
            )
        ]

    def test_a_guest_gets_the_ladder_of_the_order_alone(self, customer: Customer) -> None:
        DiscountStep.objects.create(ladder="order_total", threshold_amount=Decimal(1000), percent=Decimal(2))
        DiscountStep.objects.create(ladder="cumulative", threshold_amount=Decimal(1), percent=Decimal(9))

        found = ask(None)

        assert found["lines"][0]["discounts"] == [{"source": "ladder", "percent": "2.00", "amount": "20.00"}]
        assert ask(None, ("SHIRT", 1), unit_prices=())["total"] == "980.00"

    def test_tier_ships_free_and_says_so(self, customer: Customer) -> None:
        stand(customer, "gold")
        found = ask(customer, delivery_price=DELIVERY)
        assert (found["delivery_total"], said(found, "delivery")) == (
            "0.00",
            ["Delivery is free instead of ₽300 thanks to the tier “Gold”."],
        )

    def test_tier_earns_at_its_rate(self, customer: Customer) -> None:
        stand(customer, "silver")
        found = ask(customer)
        assert (found["lines"][0]["earn_rate"], found["points_to_earn"]) == ("12.00", 116)
        assert said(found, "earn") == [
            "116 points will be earned for this order: cashback of 12% of the tier “Silver”."
        ]

    @pytest.mark.parametrize(("percent", "is_worse"), [("3", True), ("10", False)])
    def test_code_takes_the_place_of_the_tiers_percent(
        self, customer: Customer, percent: str, is_worse: bool
    ) -> None:  # PC-11
        stand(customer, "gold")
        code = PromoCodeFactory(code="TESTCODE", terms__value=Decimal(percent))
        found = ask(customer, promo_code=code.code)
        assert found["promo_code"]["worse_than_current"] is is_worse
        assert said(found, "automatic") == ["Discount of 5% for the tier “Gold”: promo code TESTCODE takes its place."]

    def test_code_asks_for_a_tier(self, customer: Customer) -> None:  # PC-9
        code = PromoCodeFactory(terms__tier="gold").code
        assert ask(customer, promo_code=code)["promo_code"]["reason"] == "not_for_customer"
        with pytest.raises(CodeRejected):
            place("SHIRT", customer_id=customer.pk, promo_code=code)
        stand(customer, "platinum")
        assert place("SHIRT", customer_id=customer.pk, promo_code=code).promo_code == code

    def test_staff_ask_at_another_moment(self, customer: Customer) -> None:
        """A membership that ends in ten days, points that come in five and go in twenty."""
        plan = MembershipPlan.objects.create(code="c", name="c", sku="C", tier=Tier.objects.get(code="gold"), months=1)
        Membership.objects.create(
            customer=customer,
            plan=plan,
            tier=plan.tier,
            order_ref="order:0",
            fee_amount=0,
            starts_at=NOW - timedelta(days=20),
            ends_at=NOW + timedelta(days=10),
        )
        days = {number: NOW + timedelta(days=number) for number in (0, 5, 10, 20)}
        earn(customer, 100, "action:1", available_from=days[5], expires_at=days[20])

        found = {number: ask(customer, at=moment) for number, moment in days.items()}

        assert {number: (part["discount_total"], part["points_spendable"]) for number, part in found.items()} == {
            0: ("50.00", 0),
            5: ("50.00", 100),
            10: ("0.00", 100),
            20: ("0.00", 0),
        }

    def test_support_sees_every_condition_of_a_code(self, customer: Customer) -> None:
        code = PromoCodeFactory(terms__tier="gold").code
        request = QuoteRequest("site", (("SHIRT", 1),), customer_id=customer.pk, promo_code=code)
        assert not check_code(request, now=NOW).applies
        stand(customer, "gold")
        assert check_code(request, now=NOW).applies


class TestPoints:
    def test_quote_spends_what_is_allowed_and_says_why_not_more(self, customer: Customer) -> None:
        earn(customer, 1000, "action:1")
        found = ask(customer, points_to_spend=500)
        assert {name: found[name] for name in found if name.startswith("points")} == {
            "points_spent": 300,
            "points_discount": "300.00",
            "points_to_earn": 70,
            "points_available": 1000,
            "points_spendable": 300,
        }
        assert said(found, "points") == [
            "500 points were asked for; 300 points may be spent here and pay ₽300.",
            "Points pay at most 30% of the goods: up to 300 points here.",
        ]

    def test_balance_may_be_the_limit(self, customer: Customer) -> None:
        earn(customer, 20, "action:1")
        assert said(ask(customer, points_to_spend=50), "points")[1] == "There are 20 points on the account."
        assert said(ask(customer, points_to_spend=20), "points") == ["20 points pay ₽20."]
        assert said(ask(customer), "points") == ["No points are spent."]

    def test_goods_may_be_the_limit(self, customer: Customer) -> None:
        earn(customer, 1000, "action:1")
        ProductFactory(sku="GIFT", name="Gift", price=500, category=CategoryFactory(payable_with_points=False))
        assert said(ask(customer, ("SHIRT", 1), ("GIFT", 1)), "points")[1] == (
            "Points pay at most 30% of the goods, and nothing of “Gift”: up to 300 points here."
        )
        assert said(ask(customer, ("GIFT", 1), points_to_spend=1), "points") == [
            "1 point was asked for; none can be spent here.",
            "These goods cannot be paid with points.",
        ]

    def test_guest_has_no_points_and_is_told_what_signing_in_brings(self, customer: Customer) -> None:
        found = ask(None, points_to_spend=5)
        assert (found["points_available"], found["points_spent"]) == (0, 0)
        assert said(found, "points")[1] == "Points belong to customers: sign in to spend yours."
        assert said(found, "earn") == ["Sign in before you pay to earn 100 points for this order."]

    def test_settings_of_the_programme_decide(self, customer: Customer) -> None:
        ProgrammeFactory(point_value=Decimal("0.50"), points_cap_percent=Decimal(50))
        earn(customer, 2000, "action:1")
        found = ask(customer, points_to_spend=2000)
        assert (found["points_spent"], found["points_discount"], found["total"]) == (1000, "500.00", "500.00")

    def test_order_with_more_than_allowed_is_refused_whole(self, customer: Customer) -> None:  # O-2
        earn(customer, 400, "action:1")
        with translation.override("en"), pytest.raises(NotEnoughPoints) as refusal:
            place("SHIRT", customer_id=customer.pk, points_to_spend=301)
        assert (refusal.value.field, refusal.value.extra, str(refusal.value)) == (
            "points_to_spend",
            {"points_available": 400, "points_spendable": 300},
            "At most 300 points can be spent on this order.",
        )
        assert (Order.objects.count(), sums(customer)) == (0, (400, 0, 0))

    def test_points_that_go_between_quote_and_spending_refuse_the_order(
        self, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody corrects the account while the order is being placed: the ledger has the last word."""
        earn(customer, 100, "action:1")

        def spend_after_a_correction(**given: Any) -> Any:
            adjust(customer, -60)
            return spend(**given)

        monkeypatch.setattr(ledger, "spend", spend_after_a_correction)
        with pytest.raises(NotEnoughPoints) as refusal:
            place("SHIRT", customer_id=customer.pk, points_to_spend=100)
        assert refusal.value.extra == {"points_available": 40, "points_spendable": 40}
        assert refusal.value.field == "points_to_spend"

    def test_order_stores_what_was_spent_on_each_line(self, customer: Customer) -> None:
        ProductFactory(sku="PIN", price=Decimal("500.00"))
        earn(customer, 400, "action:1")
        order = place("SHIRT", "PIN", customer_id=customer.pk, points_to_spend=400)
        assert (order.points_spent, order.points_discount, order.total) == (400, Decimal(400), Decimal(1100))
        assert list(order.lines.order_by("position").values_list("points_spent", "total")) == [
            (267, Decimal("733.33")),
            (133, Decimal("366.67")),
        ]
        assert list(Entry.objects.filter(kind="spend").values_list("fact", "order_ref", "amount")) == [
            (f"spend:{order.ref}", order.ref, -400)
        ]


class TestMembership:
    def test_fee_has_no_discount_no_points_and_earns_nothing(self, customer: Customer, club: MembershipPlan) -> None:
        stand(customer, "gold")
        earn(customer, 1000, "action:1")
        found = ask(customer, ("SHIRT", 1), ("CLUB", 1), points_to_spend=1000)
        fee = found["lines"][1]
        assert (fee["total"], fee["discounts"], fee["points_spent"], fee["earn_rate"]) == ("500.00", [], 0, "0.00")
        assert (found["points_spent"], found["lines"][0]["discount"]) == (285, "50.00")

    def test_guest_cannot_buy_it(self, customer: Customer, club: MembershipPlan) -> None:
        assert ask(None, ("SHIRT", 1), ("CLUB", 1))["total"] == "1500.00"
        with pytest.raises(InvalidInput) as refusal:
            place("SHIRT", "CLUB")
        assert [(wrong.field, wrong.code) for wrong in refusal.value.errors] == [("lines.1.sku", "customers_only")]

    def test_an_order_holds_a_dozen_of_them_at_most(self, customer: Customer, club: MembershipPlan) -> None:
        """More would end in a year that no calendar has: paying such an order would fail."""
        with pytest.raises(InvalidInput) as refusal:
            place("CLUB", customer_id=customer.pk, quantity=13)
        assert [(wrong.field, wrong.code) for wrong in refusal.value.errors] == [("lines.0.quantity", "out_of_range")]
        assert place("CLUB", customer_id=customer.pk, quantity=12).total == 6000

    def test_payment_starts_it_and_refunds_shorten_it(self, customer: Customer, club: MembershipPlan) -> None:
        till = Till(customer)
        till.buy("order", "SHIRT", "CLUB", quantity=2)
        assert list(Membership.objects.values_list("quantity", "fee_amount", "refunded_at")) == [
            (2, Decimal(1000), None)
        ]
        assert ask(customer)["discount_total"] == "50.00"
        till.refund("order", ("CLUB", 1), on=1)
        till.refund("order", ("SHIRT", 2), on=1)
        assert list(Membership.objects.values_list("quantity", "refunded_at")) == [(1, None)]
        till.refund("order", on=2)
        assert ask(customer, at=NOW + timedelta(days=2))["discount_total"] == "0.00"
        assert (Membership.objects.get().refunded_at is not None, till.has(3)) == (True, (0, 0, 0))


class TestGuest:
    def test_guests_order_brings_nobody_anything(self, customer: Customer) -> None:
        order = pay(place("SHIRT"))
        assert order.points_to_earn == 100
        refund_order(number=order.number, reason="", now=NOW)
        assert (Entry.objects.count(), Card.objects.count(), broken()) == (0, 0, set())

    def test_claimed_order_keeps_its_amounts_and_earns_what_was_promised(self, customer: Customer) -> None:
        """A gold customer who signed in late: no discount and 10 %, as the guest was shown."""
        stand(customer, "gold")
        order = claim_order(number=place("SHIRT").number, customer=customer, now=NOW)
        assert (order.total, order.points_to_earn) == (Decimal("1000.00"), 100)
        assert [step["key"] for step in order.quote["explanation"]][-1] == "earn"
        pay(order)
        assert (sums(customer), broken()) == ((400, 0, 0), set())

    def test_code_that_falls_off_leaves_the_guests_terms(self, customer: Customer) -> None:
        DiscountStep.objects.create(ladder="order_total", threshold_amount=Decimal(500), percent=Decimal(2))
        code = PromoCodeFactory(terms__max_uses_per_customer=1, terms__value=Decimal(5)).code
        pay(place("SHIRT", customer_id=customer.pk, promo_code=code))
        stand(customer, "gold")
        order = claim_order(number=place("SHIRT", promo_code=code, **guest()).number, customer=customer, now=NOW)
        assert (order.promo_code, order.total, order.points_to_earn) == ("", Decimal("980.00"), 98)
        pay(order)
        assert broken() == set()


def guest() -> dict[str, Any]:
    return {"contact": Contact(email="guest@shop.test")}


def pay(order: Order) -> Order:
    return pay_order(
        number=order.number, amount=order.total, provider="test", payment_id=order.number, now=order.placed_at
    )


def test_old_receipt_earns_as_of_its_day(customer: Customer) -> None:
    """An import of what was bought long ago (O-8): its points have lived their life."""
    pay(place_at(NOW - timedelta(days=400), "SHIRT", customer_id=customer.pk))
    assert sums(customer) == (0, 0, 0)
