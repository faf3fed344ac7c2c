"""Codes for a tier and codes of one customer at the till (PC-9, PC-11, PC-18, Q-8, Q-10)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from customers.models import Customer
from orders.models import Order
from orders.queries import QuoteRequest, check_code, quote
from orders.services import Contact, claim_order
from promocodes.models import PromoCode
from promocodes.queries import find_code
from promocodes.services import CodeRejected
from tests.factories import NOW, CustomerFactory, ProductFactory, PromoCodeFactory
from tests.orders.ordering import place
from tiers.models import Standing, Tier

pytestmark = pytest.mark.django_db
PERSONAL = "The code is personal: sign in as the customer it was given to."


@pytest.fixture(autouse=True)
def _goods() -> None:
    ProductFactory.create(sku="SHIRT")


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create(email="anna@shop.test")


@pytest.fixture
def own(customer: Customer) -> PromoCode:
    return PromoCodeFactory.create(customer=customer)


def asked(code: PromoCode, **who: Any) -> tuple[str, str | None, str]:
    with translation.override("en"):
        found = quote(QuoteRequest("site", (("SHIRT", 1),), promo_code=code.code, **who), now=NOW).promo_code
    assert found is not None
    return found.status, found.reason, str(found.message or "")


def test_personal_code_works_for_its_customer_alone(own: PromoCode, customer: Customer) -> None:
    refused = ("rejected", "not_for_customer", PERSONAL)
    assert asked(own, customer_id=customer.pk)[:2] == ("applied", None)
    assert asked(own, customer_id=CustomerFactory.create().pk) == refused
    assert asked(own, contact_email="guest@shop.test") == refused
    assert asked(own)[:2] == ("applied", None)  # nobody known is asked nothing


def test_personal_code_is_placed_by_its_customer_alone(own: PromoCode, customer: Customer) -> None:
    for who in ({}, {"customer_id": CustomerFactory.create().pk}):
        with pytest.raises(CodeRejected) as caught:
            place("SHIRT", promo_code=own.code, **who)
        assert caught.value.reason == "not_for_customer"
    assert Order.objects.count() == 0
    assert place("SHIRT", promo_code=own.code, customer_id=customer.pk).promo_code == own.code


def test_personal_code_given_to_somebody_else_meanwhile_falls_off_a_claimed_order(customer: Customer) -> None:
    code = PromoCodeFactory.create()
    order = place("SHIRT", promo_code=code.code, contact=Contact(email="anna@shop.test"))
    PromoCode.objects.filter(pk=code.pk).update(customer=CustomerFactory.create())
    claimed = claim_order(number=order.number, customer=customer, now=NOW)
    assert (claimed.redemption, claimed.discount_total) == (None, 0)


def test_code_for_a_tier_names_it(customer: Customer) -> None:
    code = PromoCodeFactory.create(terms__tier="gold")
    refused = ("rejected", "not_for_customer", "The code is for the tier “Gold” and above.")
    assert asked(code, customer_id=customer.pk) == refused
    assert asked(code, contact_email="guest@shop.test") == refused
    assert asked(code)[:2] == ("applied", None)
    Standing.objects.create(customer=customer, tier=Tier.objects.get(code="platinum"), since=NOW)
    assert asked(code, customer_id=customer.pk)[:2] == ("applied", None)


def test_code_for_a_tier_needs_somebody_to_have_it() -> None:
    code = PromoCodeFactory.create(terms__tier="standard").code
    with pytest.raises(CodeRejected) as caught:
        place("SHIRT", promo_code=code)
    assert caught.value.reason == "not_for_customer"


def test_why_not_shows_both_conditions(customer: Customer) -> None:
    code = PromoCodeFactory.create(terms__tier="gold", customer=CustomerFactory.create()).code
    request = QuoteRequest("site", (("SHIRT", 1),), customer_id=customer.pk, promo_code=code)
    checks = {check.name: check.passed for check in check_code(request, now=NOW).checks}
    assert (checks["owner"], checks["segment"], checks["tier"]) == (False, None, False)


def test_finding_a_personal_code_is_still_one_query(own: PromoCode, customer: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = find_code(own.code, holders=[f"customer:{customer.pk}"])
    assert found is not None
    assert (found.facts.owner_id, found.facts.tier, len(queries)) == (customer.pk, None, 1)
