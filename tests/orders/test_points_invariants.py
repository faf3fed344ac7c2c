"""The doctor finds what does not add up between orders and the ledger: each invariant is broken on purpose."""

from decimal import Decimal

import pytest
from django.db import connection

import orders.queries.points_invariants
from tests.factories import CategoryFactory, CustomerFactory, ProductFactory
from tests.orders.points_story import Till, broken
from tests.points.rows import earn

pytestmark = pytest.mark.django_db

BREAKS = {
    "order_points_are_spent": [
        "UPDATE orders_order SET points_spent = points_spent + 1",
        "UPDATE orders_order SET points_spent = 0",
        "UPDATE orders_order SET customer_id = NULL",
    ],
    "paid_order_earned": [
        "UPDATE orders_order SET points_to_earn = points_to_earn + 1 WHERE status = 'partially_refunded'",
        "UPDATE orders_order SET paid_at = NULL",
        "UPDATE orders_order SET paid_at = now() WHERE status = 'new'",
    ],
    "refunds_say_their_points": [
        "UPDATE orders_refund SET points_returned = points_returned + 1 WHERE points_returned > 0",
        "UPDATE orders_refund SET points_taken_back = 0",
    ],
    "undone_order_leaves_no_points": [
        "UPDATE orders_order SET status = 'refunded' WHERE status = 'partially_refunded'",
        "UPDATE orders_order SET status = 'cancelled' WHERE status = 'new'",
    ],
    "payment_had_its_effects": [
        "DELETE FROM notifications_outboxmessage WHERE kind = 'thank_you'",
        "UPDATE customers_purchase SET is_first = false",
        "UPDATE orders_order SET paid_at = NULL",
    ],
}


@pytest.fixture
def shop() -> None:
    """One customer: an order refunded whole, one in part, one cancelled, one that waits; and a guest's."""
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    till = Till(CustomerFactory())
    earn(till.customer, 1000, "action:1")
    till.buy("whole", "SHIRT", points=100)
    till.refund("whole")
    till.buy("part", "SHIRT", quantity=2, points=100)
    till.refund("part", ("SHIRT", 1))
    till.place("cancelled", "SHIRT", points=100)
    till.cancel("cancelled")
    till.place("waiting", "SHIRT", points=100)
    till.buy("guest", "SHIRT", customer_id=None)


def test_healthy_shop_has_no_offenders(shop: None) -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("code", "statement"), [(code, statement) for code, statements in BREAKS.items() for statement in statements]
)
def test_planted_offender_is_found(shop: None, code: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    assert code in broken()


def test_a_paid_order_that_earned_nothing_owes_its_thank_you(shop: None) -> None:
    till = Till(CustomerFactory())
    till.buy("first", "SHIRT")
    ProductFactory(sku="GIFT", price=Decimal("1000.00"), category=CategoryFactory(earns_points=False))
    order = till.buy("gift", "GIFT")
    assert (order.points_to_earn, broken()) == (0, set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_outboxmessage WHERE key = %s", [f"thank_you:{order.ref}"])
    assert broken() == {"payment_had_its_effects"}


def test_every_invariant_is_broken() -> None:
    assert {item.code for item in orders.queries.points_invariants.INVARIANTS} == set(BREAKS)
