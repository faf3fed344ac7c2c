"""Lines of a request checked and priced from the catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, InvalidInput, invalid
from loyalty_site.kernel.money import MAX_AMOUNT, ZERO, rounded
from orders.rules import LineInput

MAX_LINES = 200
MAX_QUANTITY = 999

# Asked for every quote, so it is plain SQL: building it with the ORM costs more than running it.
PRODUCTS = """
SELECT p.sku, p.name, p.price, p.compare_at_price, c.slug, c.ancestry, c.earns_points, c.payable_with_points
FROM orders_product p LEFT JOIN orders_category c ON c.id = p.category_id
WHERE p.sku = ANY(%s) AND p.is_active
"""


def line_inputs(lines: Sequence[tuple[str, int]], unit_prices: Sequence[Decimal] = ()) -> tuple[LineInput, ...]:
    """One LineInput for each (SKU, quantity), in their order. One query.

    `unit_prices` take the place of the catalogue's.

    Raises InvalidInput with paths such as `lines.0.sku` for what is unknown, not on sale, doubled or out of range.
    """
    _check_shape(lines)
    if unit_prices:
        _check_prices(lines, unit_prices)
    skus = [sku for sku, _quantity in lines]
    products = _products(skus)
    wrong = [
        FieldError(f"lines.{index}.sku", "unknown_product", _("There is no such product on sale."))
        for index, sku in enumerate(skus)
        if sku not in products
    ]
    if wrong:
        raise InvalidInput(*wrong)
    priced = tuple(replace(products[sku], quantity=quantity) for sku, quantity in lines)
    if not unit_prices:
        return priced
    return tuple(replace(line, unit_price=price) for line, price in zip(priced, unit_prices, strict=True))


def _check_shape(lines: Sequence[tuple[str, int]]) -> None:
    if not lines:
        raise invalid("lines", _("The order holds no goods."), "required")
    if len(lines) > MAX_LINES:
        raise invalid("lines", _("An order holds at most 200 lines."), "too_many")
    wrong = []
    seen: set[str] = set()
    for index, (sku, quantity) in enumerate(lines):
        if not 1 <= quantity <= MAX_QUANTITY:
            wrong.append(FieldError(f"lines.{index}.quantity", "out_of_range", _("The quantity is from 1 to 999.")))
        if sku in seen:
            wrong.append(FieldError(f"lines.{index}.sku", "duplicate", _("This product is already in another line.")))
        seen.add(sku)
    if wrong:
        raise InvalidInput(*wrong)


def _check_prices(lines: Sequence[tuple[str, int]], unit_prices: Sequence[Decimal]) -> None:
    if len(unit_prices) != len(lines):
        raise invalid("lines", _("Each line needs a price, or none has one."), "price_count")
    wrong = [
        FieldError(f"lines.{index}.unit_price", "out_of_range", _("The price is a sum of whole kopecks."))
        for index, price in enumerate(unit_prices)
        if not (price.is_finite() and ZERO <= price <= MAX_AMOUNT and price == rounded(price))
    ]
    if wrong:
        raise InvalidInput(*wrong)


def _products(skus: Sequence[str]) -> dict[str, LineInput]:
    """One piece of each product on sale. Postgres text holds no NUL, so a SKU with one cannot be asked for."""
    askable = [sku for sku in skus if "\x00" not in sku]
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, [askable])
        return {row[0]: _line(row) for row in cursor.fetchall()}


def _line(row: Sequence[Any]) -> LineInput:
    sku, name, price, compare_at_price, slug, ancestry, earns_points, payable_with_points = row
    return LineInput(
        sku=sku,
        name=name,
        quantity=1,
        unit_price=price,
        compare_at_price=compare_at_price,
        category=slug or "",
        categories=frozenset(ancestry or ()),
        earns_points=slug is None or earns_points,
        payable_with_points=slug is None or payable_with_points,
    )
