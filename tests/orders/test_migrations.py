"""What upgrading does to the rows of orders."""

from importlib import import_module

import pytest
from django.db import connection

from orders.services import pay_order
from tests.factories import NOW, ProductFactory
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


def test_orders_paid_before_the_ledger_say_that_they_earned_nothing():
    ProductFactory(sku="SHIRT")
    waiting, paid = place("SHIRT"), place("SHIRT")
    pay_order(number=paid.number, amount=paid.total, provider="test", payment_id="P", now=NOW)

    with connection.cursor() as cursor:
        cursor.execute(import_module("orders.migrations.0006_points_not_earned_before").FORGET)

    waiting.refresh_from_db()
    paid.refresh_from_db()
    assert [(order.points_to_earn, order.quote["points_to_earn"]) for order in (waiting, paid)] == [(100, 100), (0, 0)]
    assert [step["step"] for step in waiting.quote["explanation"]] == [
        *(step["step"] for step in paid.quote["explanation"]),
        "earn",
    ]
