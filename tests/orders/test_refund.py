"""Giving money back (O-7) and what it does to codes (PC-12)."""

from decimal import Decimal

import pytest

from customers.models import Purchase
from loyalty_site.kernel.errors import InvalidInput, WrongState
from orders.models import Order, RefundLine
from orders.services import complete_order, pay_order, refund_order
from promocodes.models import PromoCode
from tests.factories import NOW, CustomerFactory, ProductFactory, PromoCodeFactory
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """3 × 100.00 and 3 × 0.05 with 5 % off and delivery: shares that do not divide evenly."""
    ProductFactory(sku="SHIRT", price=Decimal("100.01"))
    ProductFactory(sku="PIN", price=Decimal("0.05"))
    PromoCodeFactory(code="TESTCODE", max_uses=1)
    order = place(
        "SHIRT",
        "PIN",
        quantity=3,
        customer_id=CustomerFactory().pk,
        promo_code="TESTCODE",
        delivery_price=Decimal("300.00"),
    )
    return pay_order(number=order.number, amount=order.total, provider="test", payment_id=order.number, now=NOW)


def refund(order: Order, lines: list[tuple[str, int]] | None = None):
    return refund_order(number=order.number, lines=lines, reason="does not fit", now=NOW, by="support")


def test_parts_add_up_to_the_whole(order):
    amounts = [
        refund(order, [("PIN", 1)]).amount,
        refund(order, [("SHIRT", 1), ("PIN", 1)]).amount,
        refund(order, [("SHIRT", 1)]).amount,
        refund(order).amount,
    ]

    order.refresh_from_db()
    assert sum(amounts) == order.total == order.refunded_amount
    assert (order.status, list(order.lines.values_list("refunded_quantity", flat=True))) == (
        "refunded",
        [3, 3],
    )
    purchase = Purchase.objects.get()
    assert (purchase.refunded_amount, purchase.is_first) == (purchase.goods_amount, False)


def test_delivery_goes_back_with_the_last_goods(order):
    first = refund(order, [("SHIRT", 3)])
    assert (first.delivery_amount, first.amount) == (Decimal("0.00"), Decimal("285.03"))
    last = refund(order, [("PIN", 3)])
    assert (last.delivery_amount, last.amount) == (Decimal("300.00"), Decimal("300.14"))


def test_refund_in_part_keeps_the_code(order):
    part = refund(order, [("SHIRT", 1)])

    order.refresh_from_db()
    assert order.status == "partially_refunded"
    assert list(RefundLine.objects.values_list("refund", "line__sku", "quantity", "amount")) == [
        (part.pk, "SHIRT", 1, Decimal("95.01"))
    ]
    assert PromoCode.objects.get().uses == 1


def test_whole_refund_before_completion_releases_the_code(order):
    refund(order, [("SHIRT", 3)])
    refund(order)
    assert PromoCode.objects.get().uses == 0


def test_whole_refund_after_completion_does_not(order):
    complete_order(number=order.number, now=NOW)
    refund(order, [("SHIRT", 3)])
    refund(order)
    assert PromoCode.objects.get().uses == 1


def test_nothing_is_left_after_the_whole(order):
    refund(order)
    with pytest.raises(WrongState):
        refund(order)


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ([], ["lines"]),
        ([("HAT", 1)], ["lines.0.sku"]),
        ([("SHIRT", 1), ("SHIRT", 1)], ["lines.1.sku"]),
        ([("SHIRT", 4)], ["lines.0.quantity"]),
        ([("SHIRT", 1), ("PIN", 0)], ["lines.1.quantity"]),
    ],
)
def test_refund_names_wrong_lines(order, lines, fields):
    with pytest.raises(InvalidInput) as refusal:
        refund(order, lines)
    assert [error.field for error in refusal.value.errors] == fields


def test_unpaid_order_is_not_refunded():
    ProductFactory(sku="SHIRT")
    with pytest.raises(WrongState):
        refund(place("SHIRT"))


def test_first_purchase_given_back_whole_leaves_the_next_one_first(order):
    refund(order)
    again = place("SHIRT", customer_id=order.customer_id)
    pay_order(number=again.number, amount=again.total, provider="test", payment_id="again", now=NOW)

    assert Purchase.objects.get(ref=again.ref).is_first
