"""A guest signs in before paying (PC-18)."""

from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import WrongState
from orders.services import Contact, NoSuchOrder, cancel_order, claim_order
from promocodes.models import PromoCode, Redemption
from tests.factories import NOW, CustomerFactory, ProductFactory, PromoCodeFactory, PurchaseFactory
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db
GUEST = Contact(email="guest@shop.test")


@pytest.fixture(autouse=True)
def goods():
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))


def test_claimed_order_keeps_its_code():
    code = PromoCodeFactory(max_uses=1, terms__max_uses_per_customer=1)
    order = place("SHIRT", promo_code=code.code, contact=GUEST)
    customer = CustomerFactory(email="guest@shop.test")

    claimed = claim_order(number=order.number, customer=customer, now=NOW)

    claimed.refresh_from_db()
    assert (claimed.customer, claimed.access_token, claimed.total) == (customer, None, Decimal("950.00"))
    live = Redemption.objects.get(released_at=None)
    assert (claimed.redemption, live.customer) == (live, customer)
    assert f"customer:{customer.pk}" in live.holders
    assert PromoCode.objects.get().uses == 1


def test_code_that_falls_off_says_why():
    customer = CustomerFactory(email="anna@shop.test")
    PurchaseFactory(customer=customer)
    code = PromoCodeFactory(terms__first_order_only=True)
    order = place("SHIRT", promo_code=code.code, contact=GUEST, delivery_price=Decimal("300.00"))

    claimed = claim_order(number=order.number, customer=customer, now=NOW)

    claimed.refresh_from_db()
    assert (claimed.total, claimed.discount_total, claimed.promo_code, claimed.redemption) == (
        Decimal("1300.00"),
        Decimal("0.00"),
        "",
        None,
    )
    assert claimed.quote["promo_code"]["reason"] == "first_order_only"
    assert claimed.quote["promo_code"]["code"] == code.code
    line = claimed.lines.get()
    assert (line.discount, line.total, line.discounts) == (Decimal("0.00"), Decimal("1000.00"), [])
    assert PromoCode.objects.get().uses == 0


def test_own_unpaid_order_is_named():
    customer = CustomerFactory(email="anna@shop.test")
    code = PromoCodeFactory(terms__max_uses_per_customer=1)
    own = place("SHIRT", promo_code=code.code, customer_id=customer.pk)
    order = place("SHIRT", promo_code=code.code, contact=GUEST)

    claimed = claim_order(number=order.number, customer=customer, now=NOW)

    assert claimed.quote["promo_code"]["held_by_order"] == own.number


def test_code_switched_off_since_stays():
    code = PromoCodeFactory()
    order = place("SHIRT", promo_code=code.code, contact=GUEST)
    PromoCode.objects.update(switch=False)

    assert claim_order(number=order.number, customer=CustomerFactory(), now=NOW).total == Decimal("950.00")


def test_order_of_another_customer_is_not_found():
    order = place("SHIRT", customer_id=CustomerFactory().pk)
    with pytest.raises(NoSuchOrder):
        claim_order(number=order.number, customer=CustomerFactory(), now=NOW)


def test_own_order_is_left_alone():
    customer = CustomerFactory()
    order = place("SHIRT", customer_id=customer.pk)
    assert claim_order(number=order.number, customer=customer, now=NOW) == order


def test_cancelled_order_cannot_be_claimed():
    order = place("SHIRT", contact=GUEST)
    cancel_order(number=order.number, reason="", now=NOW)
    with pytest.raises(WrongState):
        claim_order(number=order.number, customer=CustomerFactory(), now=NOW)
