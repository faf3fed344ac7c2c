"""Prices that a till states itself (O-8): for receipts that exist already."""

from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import InvalidInput
from orders.queries import QuoteRequest, quote
from tests.factories import NOW, ProductFactory
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


def prices(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_order_of_a_till_keeps_the_prices_it_states():
    ProductFactory(sku="TEA", price=Decimal("100.00"))
    ProductFactory(sku="MUG", price=Decimal("200.00"))

    order = place("TEA", "MUG", quantity=2, channel="pos", unit_prices=prices("90.50", "0"))

    lines = [(line.sku, line.unit_price, line.subtotal) for line in order.lines.order_by("position")]
    assert lines == [
        ("TEA", Decimal("90.50"), Decimal("181.00")),
        ("MUG", Decimal("0.00"), Decimal("0.00")),
    ]
    assert order.total == Decimal("181.00")


@pytest.mark.parametrize(
    ("channel", "stated", "field", "code"),
    [
        ("site", ("90.00",), "channel", "own_prices"),
        ("pos", ("90.00", "1.00"), "lines", "price_count"),
        ("pos", ("-0.01",), "lines.0.unit_price", "out_of_range"),
        ("pos", ("0.001",), "lines.0.unit_price", "out_of_range"),
        ("pos", ("NaN",), "lines.0.unit_price", "out_of_range"),
    ],
)
def test_own_prices_are_refused_where_they_make_no_sense(channel, stated, field, code):
    ProductFactory(sku="TEA")

    with pytest.raises(InvalidInput) as refused:
        quote(QuoteRequest(channel=channel, lines=(("TEA", 1),), unit_prices=prices(*stated)), now=NOW)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
