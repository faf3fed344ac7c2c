"""Paying, completing, cancelling (O-1, O-5, O-6)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from customers.models import Purchase
from loyalty_site.kernel.errors import WrongState
from orders.models import Order, Payment
from orders.services import (
    AmountMismatch,
    NoSuchOrder,
    PaymentTaken,
    cancel_order,
    cancel_overdue,
    complete_order,
    move_code,
    pay_order,
)
from promocodes.models import PromoCode, Redemption
from tests.factories import NOW, CustomerFactory, ProductFactory, ProgrammeFactory, PromoCodeFactory
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


def paid(order: Order, payment_id: str = "P-1", amount: Decimal | None = None) -> Order:
    return pay_order(
        number=order.number,
        amount=order.total if amount is None else amount,
        provider="test",
        payment_id=payment_id,
        now=NOW,
    )


def test_pay_order_records_payment_and_purchase_once():
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    code = PromoCodeFactory()
    order = place("SHIRT", customer_id=customer.pk, promo_code=code.code, delivery_price=Decimal("300.00"))

    for _report in range(3):
        assert paid(order).status == "paid"

    assert list(Payment.objects.values_list("order", "amount", "paid_at")) == [(order.pk, Decimal("1250.00"), NOW)]
    assert list(Purchase.objects.values_list("customer", "ref", "goods_amount", "discount_amount", "is_first")) == [
        (customer.pk, order.ref, Decimal("950.00"), Decimal("50.00"), True)
    ]


def test_second_purchase_is_not_first():
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT")
    paid(place("SHIRT", customer_id=customer.pk), "P-1")
    paid(place("SHIRT", customer_id=customer.pk), "P-2")

    assert list(Purchase.objects.order_by("pk").values_list("is_first", flat=True)) == [True, False]


def test_pay_order_refuses_another_amount():
    ProductFactory(sku="SHIRT")
    order = place("SHIRT")

    with pytest.raises(AmountMismatch) as refusal:
        paid(order, amount=Decimal("999.99"))

    assert refusal.value.extra == {"expected": "1000.00", "got": "999.99"}
    assert not Payment.objects.exists()


def test_pay_order_refuses_payment_of_another_order():
    ProductFactory(sku="SHIRT")
    paid(place("SHIRT"))

    with pytest.raises(PaymentTaken):
        paid(place("SHIRT"))


def test_pay_order_refuses_second_payment():
    ProductFactory(sku="SHIRT")
    order = place("SHIRT")
    paid(order)

    with pytest.raises(WrongState):
        paid(order, "P-2")


@pytest.mark.parametrize("number", ["", "0", "12x", "999999", "9" * 30, "-1", "١"])
def test_unknown_order_is_not_found(number):
    with pytest.raises(NoSuchOrder):
        pay_order(number=number, amount=Decimal(1), provider="test", payment_id="P", now=NOW)


def test_cancel_order_releases_code():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(max_uses=1)
    order = place("SHIRT", promo_code=code.code)

    cancelled = cancel_order(number=order.number, reason="changed my mind", now=NOW, by="support")

    assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "changed my mind (support)")
    assert PromoCode.objects.get().uses == 0
    assert Redemption.objects.get().release_reason == "cancelled"
    assert place("SHIRT", promo_code=code.code).promo_code == code.code


def test_reasons_of_the_shop_itself_are_read_in_the_readers_language():
    ProductFactory(sku="SHIRT")
    late, moved, typed = place("SHIRT"), place("SHIRT"), place("SHIRT")
    cancel_overdue(number=late.number, now=NOW + timedelta(minutes=61))
    move_code(number=moved.number, now=NOW)
    cancel_order(number=typed.number, reason="changed my mind", now=NOW)

    stored = dict(Order.objects.values_list("pk", "cancel_reason"))
    assert stored == {late.pk: "by:time", moved.pk: "by:move", typed.pk: "changed my mind"}
    with translation.override("en"):
        assert [order.cancelled_because for order in Order.objects.order_by("pk")] == [
            "not paid in time",
            "promo code moved to another order",
            "changed my mind",
        ]


def test_paid_order_cannot_be_cancelled():
    ProductFactory(sku="SHIRT")
    order = paid(place("SHIRT"))

    with pytest.raises(WrongState) as refusal:
        cancel_order(number=order.number, reason="", now=NOW)
    assert refusal.value.extra == {"status": "paid"}


def test_complete_order_needs_payment():
    ProductFactory(sku="SHIRT")
    order = place("SHIRT")
    with pytest.raises(WrongState):
        complete_order(number=order.number, now=NOW)
    paid(order)

    assert complete_order(number=order.number, now=NOW).completed_at == NOW


def test_overdue_order_is_cancelled_once():
    ProgrammeFactory(unpaid_order_ttl_minutes=30)
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(max_uses=1)
    order = place("SHIRT", promo_code=code.code)

    assert not cancel_overdue(number=order.number, now=NOW + timedelta(minutes=30))
    assert cancel_overdue(number=order.number, now=NOW + timedelta(minutes=31))
    assert not cancel_overdue(number=order.number, now=NOW + timedelta(minutes=31))

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert PromoCode.objects.get().uses == 0


def test_move_code_frees_it_for_another_order():
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(terms__max_uses_per_customer=1)
    order = place("SHIRT", customer_id=customer.pk, promo_code=code.code)

    move_code(number=order.number, now=NOW)

    assert place("SHIRT", customer_id=customer.pk, promo_code=code.code).promo_code == code.code
    assert Redemption.objects.filter(released_at=None).count() == 1
