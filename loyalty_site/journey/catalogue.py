"""The data set's products as a catalogue: department → category → kind."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import takewhile
from typing import Any

from loyalty_site.journey.dataset import Dataset, Frame

Row = dict[str, Any]

LEVELS = ("department", "product_category", "product_type")
LONGEST_SLUG = 100
# What the till sells has no price in the data set: the price is on each receipt.
NO_PRICE = Decimal("0.00")


def category_rows(products: Frame) -> list[Row]:
    """Every node of the tree, parents first, as the catalogue's import takes them."""
    paths = products[list(LEVELS)].drop_duplicates()
    nodes: dict[str, Row] = {}
    for depth in range(1, len(LEVELS) + 1):
        for path in paths.itertuples(index=False):
            names = path[:depth]
            if all(isinstance(name, str) for name in names):
                parent = slug_of(names[:-1]) if depth > 1 else None
                nodes[slug_of(names)] = {"slug": slug_of(names), "name": names[-1].title(), "parent": parent}
    return list(nodes.values())


def product_rows(dataset: Dataset, skus: set[int]) -> Iterator[Row]:
    """The products with these numbers; one that the data set does not describe is an item without a category."""
    known = dataset.products[dataset.products.product_id.isin(skus)]
    for product in known.itertuples(index=False):
        yield product_row(str(product.product_id), product_name(product), category_of(product))
    for sku in sorted(skus - set(known.product_id)):
        yield product_row(str(sku), f"Item {sku}", None)


def product_row(sku: str, name: str, category: str | None) -> Row:
    return {"sku": sku, "name": name, "price": NO_PRICE, "category": category}


def product_name(product: Any) -> str:
    """`Milk/Milk Products, 1 Gal`."""
    kind = next(name for name in (product.product_type, product.product_category, product.department) if known(name))
    return f"{kind.title()}, {product.package_size}" if known(product.package_size) else kind.title()


def category_of(product: Any) -> str:
    """The slug of the deepest level that the data set names without a gap above it."""
    return slug_of(list(takewhile(known, (product.department, product.product_category, product.product_type))))


def coupon_categories(dataset: Dataset) -> Mapping[tuple[int, int], list[str]]:
    """The slugs of the product categories (the middle level) that each coupon of a campaign is good for."""
    slugs = {
        product.product_id: slug_of(list(takewhile(known, (product.department, product.product_category))))
        for product in dataset.products[["product_id", "department", "product_category"]].itertuples(index=False)
    }
    coupons = dataset.coupons.assign(category=dataset.coupons.product_id.map(slugs)).dropna(subset=["category"])
    return {key: sorted(set(group)) for key, group in coupons.groupby(["campaign_id", "coupon_upc"]).category}


def slug_of(names: Any) -> str:
    """`grocery_frzn-ice_ice-crushed-cubed`: a slug of the whole path, so that equal names under two parents differ."""
    slug = "_".join(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in names)
    return slug[:LONGEST_SLUG].rstrip("-_")


def known(name: object) -> bool:
    """Whether the data set says anything here: its gaps are NaN."""
    return isinstance(name, str)
