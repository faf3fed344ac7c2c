"""Placing an order (O-2, O-3)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.transactions import NoTransaction
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import (
    Contact,
    ExternalNumberTaken,
    NotEnoughPoints,
    TotalChanged,
    move_code,
    pay_order,
    place_order,
)
from promocodes.models import PromoCode, Redemption
from promocodes.services import CodeRejected
from tests.factories import NOW, CampaignFactory, CustomerFactory, ProductFactory, PromoCodeFactory

pytestmark = pytest.mark.django_db


def request_for(*skus: str, **fields) -> QuoteRequest:
    return QuoteRequest(channel="site", lines=tuple((sku, 1) for sku in skus), **fields)


def placed(request: QuoteRequest, **fields) -> Order:
    return place_order(request=request, contact=fields.pop("contact", Contact()), now=NOW, **fields)


def test_place_order_stores_every_amount():
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT", price=Decimal("1500.00"), compare_at_price=Decimal("2000.00"))
    code = PromoCodeFactory()

    order = placed(
        replace(
            request_for("SHIRT", customer_id=customer.pk, promo_code=code.code.lower()),
            delivery_method="courier",
            delivery_price=Decimal("300.00"),
        ),
        by="site",
    )

    order.refresh_from_db()
    assert (order.status, order.customer_id, order.promo_code) == ("new", customer.pk, code.code)
    assert (order.goods_total, order.discount_total, order.delivery_total, order.total) == (
        Decimal("1500.00"),
        Decimal("75.00"),
        Decimal("300.00"),
        Decimal("1725.00"),
    )
    line = order.lines.get()
    assert (line.sku, line.discount, line.total, line.compare_at_price) == (
        "SHIRT",
        Decimal("75.00"),
        Decimal("1425.00"),
        Decimal("2000.00"),
    )
    assert line.discounts == [{"source": "promo_code", "percent": "5.00", "amount": "75.00"}]
    assert order.redemption.order_ref == order.ref
    assert (order.redemption.discount, order.redemption.order_total) == (Decimal("75.00"), Decimal("1725.00"))
    assert order.quote["total"] == "1725.00"
    assert [step["key"] for step in order.quote["explanation"]] == [
        "goods",
        "code_percent",
        "delivery",
        "points_none",
        "earn",
    ]


def test_place_order_statements_do_not_grow():
    customer = CustomerFactory()
    campaign = CampaignFactory(budget=Decimal("100000.00"))
    code = PromoCodeFactory(max_uses=10, terms__campaign=campaign, terms__max_uses_per_customer=1)
    for number in range(40):
        ProductFactory(sku=f"P{number}")

    with CaptureQueriesContext(
        connection,
    ) as captured:
        placed(
            request_for(*(f"P{number}" for number in range(40)), customer_id=customer.pk, promo_code=code.code),
            external_number="A-1",
        )

    assert len(captured) == 11


def test_place_order_outside_transaction_is_refused(transactional_db):
    with pytest.raises(NoTransaction):
        placed(request_for("SHIRT"))


def test_place_order_refuses_changed_total():
    ProductFactory(sku="SHIRT", price=Decimal("1500.00"))

    with pytest.raises(TotalChanged) as refusal:
        placed(request_for("SHIRT"), expected_total=Decimal("1400.00"))

    assert refusal.value.extra["quote"]["total"] == "1500.00"
    assert not Order.objects.exists()


def test_place_order_accepts_expected_total():
    ProductFactory(sku="SHIRT", price=Decimal("1500.00"))

    assert placed(request_for("SHIRT"), expected_total=Decimal("1500")).total == Decimal("1500.00")


def test_place_order_refuses_points_until_there_are_some():
    ProductFactory(sku="SHIRT")

    with pytest.raises(NotEnoughPoints):
        placed(request_for("SHIRT", points_to_spend=1))


def test_place_order_refuses_taken_external_number():
    ProductFactory(sku="SHIRT")
    placed(request_for("SHIRT"), external_number="A-1")

    with pytest.raises(ExternalNumberTaken):
        placed(request_for("SHIRT"), external_number="A-1")


def test_place_order_refuses_code_that_does_not_apply():
    ProductFactory(sku="SHIRT", price=Decimal("700.00"))
    code = PromoCodeFactory(terms__minimum_order=Decimal("1000.00"))

    with pytest.raises(CodeRejected) as refusal:
        placed(request_for("SHIRT", promo_code=code.code))

    assert (refusal.value.extra["reason"], refusal.value.extra["missing_amount"]) == (
        "below_minimum",
        "300.00",
    )
    assert (Order.objects.count(), Redemption.objects.count()) == (0, 0)


def test_place_order_needs_somebody_to_count_against():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(terms__max_uses_per_customer=1)

    with pytest.raises(CodeRejected) as refusal:
        placed(request_for("SHIRT", promo_code=code.code))

    assert refusal.value.extra["reason"] == "not_for_customer"


def test_guest_is_counted_by_contact_in_any_spelling():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(terms__max_uses_per_customer=1)
    first = placed(
        request_for("SHIRT", promo_code=code.code),
        contact=Contact(email="Some.Body+x@Gmail.com", phone="8 (912) 345-67-89"),
    )
    assert (first.contact_email, first.contact_phone) == ("some.body+x@gmail.com", "+79123456789")

    for contact in (Contact(email="somebody@gmail.com"), Contact(phone="+7 912 345 67 89")):
        with pytest.raises(CodeRejected) as refusal:
            placed(request_for("SHIRT", promo_code=code.code), contact=contact)
        assert (refusal.value.extra["reason"], refusal.value.extra["held_by_order"]) == (
            "held_by_own_order",
            first.number,
        )


@pytest.mark.parametrize("limit", [{"terms__max_uses_per_customer": 2}, {"max_uses": 2}])
def test_an_earlier_unpaid_order_holds_the_code_when_a_later_one_is_paid(limit):
    """PC-18: the use that can still be moved is named, not only the last one."""
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT")
    request = request_for("SHIRT", customer_id=customer.pk, promo_code=PromoCodeFactory(**limit).code)
    unpaid, later = placed(request), placed(request)
    pay_order(number=later.number, amount=later.total, provider="test", payment_id="P-1", now=NOW)

    with pytest.raises(CodeRejected) as refusal:
        placed(request)
    assert (refusal.value.extra["reason"], refusal.value.extra["held_by_order"]) == (
        "held_by_own_order",
        unpaid.number,
    )

    move_code(number=unpaid.number, now=NOW)
    assert placed(request).promo_code == request.promo_code


@pytest.mark.parametrize(
    ("contact", "field"), [(Contact(email="nobody"), "contact.email"), (Contact(phone="12"), "contact.phone")]
)
def test_place_order_refuses_wrong_contact(contact, field):
    with pytest.raises(InvalidInput) as refusal:
        placed(request_for("SHIRT"), contact=contact)
    assert [error.field for error in refusal.value.errors] == [field]


def test_last_use_reads_as_exhausted():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(max_uses=1)
    placed(request_for("SHIRT", promo_code=code.code))

    with pytest.raises(CodeRejected) as refusal:
        placed(request_for("SHIRT", promo_code=code.code))

    assert refusal.value.extra["reason"] == "exhausted"
    assert PromoCode.objects.get().uses == 1


def test_budget_refuses_or_cuts():
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    refusing = PromoCodeFactory(terms__campaign=CampaignFactory(budget=Decimal("49.99")))
    cutting = PromoCodeFactory(terms__campaign=CampaignFactory(budget=Decimal("20.00"), budget_policy="cut"))

    with pytest.raises(CodeRejected) as refusal:
        placed(request_for("SHIRT", promo_code=refusing.code))
    order = placed(request_for("SHIRT", promo_code=cutting.code))

    assert refusal.value.extra["reason"] == "budget_spent"
    assert (order.discount_total, order.redemption.discount) == (Decimal("20.00"), Decimal("20.00"))
