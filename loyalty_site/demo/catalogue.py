"""The demonstration's goods and services, read from `catalogue.json`, shaped like the API's catalogue."""

import json
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

Rows = list[dict[str, Any]]


@cache
def catalogue() -> dict[str, Rows]:
    """`categories`, `products`, `delivery_methods`; prices are strings with two places."""
    text = resources.files("loyalty_site.demo").joinpath("catalogue.json").read_text(encoding="utf-8")
    rows: dict[str, Rows] = json.loads(text)
    return rows


def category_rows() -> Rows:
    return catalogue()["categories"]


def product_rows() -> Rows:
    """All but the descriptions: an import has none."""
    rows = (priced(row, "price", "compare_at_price") for row in catalogue()["products"])
    return [{name: value for name, value in row.items() if name != "description"} for row in rows]


def descriptions() -> dict[str, str]:
    """By SKU."""
    return {row["sku"]: row["description"] for row in catalogue()["products"]}


def delivery_methods() -> Rows:
    """Keywords of `put_delivery_method`."""
    return [priced(row, "price") for row in catalogue()["delivery_methods"]]


def priced(row: dict[str, Any], *fields: str) -> dict[str, Any]:
    """The row with these fields as sums of money, where it has them."""
    return {**row, **{field: Decimal(row[field]) for field in fields if row.get(field) is not None}}


def delivery_price(code: str) -> Decimal:
    return next(Decimal(method["price"]) for method in catalogue()["delivery_methods"] if method["code"] == code)


def skus(*categories: str) -> list[str]:
    """The products of these categories, in the catalogue's order; all of them when none is named."""
    return [
        product["sku"] for product in catalogue()["products"] if not categories or product["category"] in categories
    ]
