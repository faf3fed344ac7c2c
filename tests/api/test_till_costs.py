"""What the till costs over HTTP: every statement, savepoints too, with tier, points and code together."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from points.services import earn
from referrals.models import Reward
from tests.api.conftest import Api
from tests.api.test_orders import basket, code
from tests.factories import CustomerFactory, ProductFactory, ReferralFactory
from tiers.models import Card, DiscountStep, MembershipPlan, Standing, Tier

SKUS = ["SHIRT-1", *(f"P{number}" for number in range(19))]


@pytest.fixture
def customer(db: None) -> Customer:
    """Silver, with a card, points in three lots, and near the next tier; twenty goods and a plan of membership."""
    CustomerFactory(email="referrer@shop.test")
    found: Customer = CustomerFactory()
    now = timezone.now()
    Standing.objects.create(customer=found, tier=Tier.objects.get(code="silver"), since=now)
    Card.objects.create(number="0001112223", kind="imported", customer=found, percent=2, issued_at=now)
    DiscountStep.objects.create(ladder="order_total", threshold_amount=Decimal(1000), percent=Decimal(1))
    DiscountStep.objects.create(ladder="cumulative", threshold_amount=Decimal(1000), percent=Decimal(1))
    for number in range(3):
        points(found, 100, f"action:{number}")
    for sku in SKUS:
        ProductFactory(sku=sku, price=Decimal("3000.00"))
    ProductFactory(sku="CLUB", price=Decimal("990.00"))
    MembershipPlan.objects.create(code="club", name="Club", sku="CLUB", tier=Tier.objects.get(code="gold"), months=12)
    return found


@pytest.fixture(autouse=True)
def shirt() -> None:
    """The goods are the customer's fixture here."""


def points(customer: Customer, amount: int, fact: str) -> None:
    now = timezone.now()
    in_transaction(
        lambda: earn(
            customer_id=customer.pk,
            amount=amount,
            kind="action",
            fact=fact,
            available_from=now - timedelta(days=1),
            expires_at=now + timedelta(days=9),
            now=now,
        )
    )


def full_basket(customer: Customer, **fields: Any) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": 1} for sku in [*SKUS, "CLUB"]]
    wanted = code(max_uses=10, terms__max_uses_per_customer=3)
    given = {"customer": str(customer.public_id), "promo_code": wanted, "lines": lines, "points_to_spend": 250}
    return basket(**given | fields)


def test_quote_takes_seven_queries(api: Api, customer: Customer, django_assert_num_queries: Any) -> None:
    """At most 8; the eighth names the own order that holds a code."""
    body = full_basket(customer)

    with django_assert_num_queries(7):
        found = api.post("quotes", body).json()

    assert (found["promo_code"]["status"], found["points_spent"]) == ("applied", 250)


def test_placing_takes_twenty_statements(api: Api, customer: Customer, django_assert_num_queries: Any) -> None:
    """At most 22."""
    body = full_basket(customer, external_number="A-1")

    with django_assert_num_queries(20):
        answer = api.post("orders", body, key="k-1")

    assert (answer.status_code, answer.json()["points_spent"]) == (201, 250)


@pytest.mark.parametrize(("is_brought", "statements"), [(False, 24), (True, 25)])
def test_paying_takes_twenty_five_statements(
    api: Api, customer: Customer, is_brought: bool, statements: int, django_assert_num_queries: Any
) -> None:
    """At most, though everything happens at once: first purchase and card, a membership, the next tier, a referral."""
    if is_brought:
        ReferralFactory(newcomer=customer, referrer=Customer.objects.get(email="referrer@shop.test"))
    order = api.post("orders", full_basket(customer, device="phone-1"), key="k-1").json()
    body = {"amount": order["total"], "payment_id": "p-1", "payer": "card-1"}

    with django_assert_num_queries(statements):
        answer = api.post(f"orders/{order['number']}/pay", body, key="pay-1")

    assert answer.json()["status"] == "paid"
    assert Standing.objects.get(customer=customer).tier.code == "gold"
    assert Reward.objects.count() == is_brought
