"""The catalogue as the shop tells it: one row at a time, or up to 10,000 at once, all or nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import InvalidInput, invalid
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Category, Product
from orders.services.catalog_rows import CategoryRow, ProductRow, row_errors
from orders.services.category_tree import hold_tree, planted

MAX_ROWS = 10_000
Row = TypeVar("Row", CategoryRow, ProductRow)


@requires_transaction
def put_category(
    *,
    slug: str,
    name: str,
    parent: str | None = None,
    earns_points: bool = True,
    payable_with_points: bool = True,
) -> Category:
    """The category as given, made or changed. Raises InvalidInput (`slug`, `name`, `parent`)."""
    row = CategoryRow(slug, name, parent, earns_points, payable_with_points)
    _put_categories([row], path="")
    return Category.objects.select_related("parent").get(slug=slug)


@requires_transaction
def put_product(
    *,
    sku: str,
    name: str,
    price: Decimal,
    compare_at_price: Decimal | None = None,
    category: str | None = None,
    is_active: bool = True,
) -> Product:
    """The product as given, made or changed. Raises InvalidInput by field."""
    row = ProductRow(sku, name, price, compare_at_price, category, is_active)
    _put_products([row], path="")
    return Product.objects.select_related("category").get(sku=sku)


@requires_transaction
def import_catalog(
    *,
    categories: Sequence[CategoryRow | Mapping[str, Any]] = (),
    products: Sequence[ProductRow | Mapping[str, Any]] = (),
) -> dict[str, int]:
    """How many `categories` and `products` were put. At most 10,000 rows together; parents may follow children.

    A row may also be a mapping with the names of its fields. Raises InvalidInput with paths such as
    `products.3.price`; then nothing has changed.
    """
    if len(categories) + len(products) > MAX_ROWS:
        raise invalid("products", _("At most 10,000 rows at once."), "too_many")
    _put_categories([_as(CategoryRow, row) for row in categories], path="categories.")
    _put_products([_as(ProductRow, row) for row in products], path="products.")
    return {"categories": len(categories), "products": len(products)}


def _as(kind: type[Row], row: Row | Mapping[str, Any]) -> Row:
    return kind(**row) if isinstance(row, Mapping) else row


def _put_categories(rows: Sequence[CategoryRow], *, path: str) -> None:
    if not rows:
        return
    hold_tree()
    wrong = row_errors(rows, "slug", path)
    if wrong:
        raise InvalidInput(*wrong)
    Category.objects.bulk_create(
        (
            Category(
                slug=row.slug,
                name=row.name,
                earns_points=row.earns_points,
                payable_with_points=row.payable_with_points,
                ancestry=[row.slug],
            )
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name", "earns_points", "payable_with_points"],
    )
    planted(rows, path=path)


def _put_products(rows: Sequence[ProductRow], *, path: str) -> None:
    if not rows:
        return
    wrong = row_errors(rows, "sku", path)
    slugs = {row.category for row in rows if row.category}
    keys = dict(Category.objects.filter(slug__in=slugs).values_list("slug", "pk")) if slugs else {}
    wrong += [row.unknown_category(index, path) for index, row in enumerate(rows) if row.is_lost(keys)]
    if wrong:
        raise InvalidInput(*wrong)
    Product.objects.bulk_create(
        (
            Product(
                sku=row.sku,
                name=row.name,
                price=row.price,
                compare_at_price=row.compare_at_price,
                category_id=keys.get(row.category or ""),
                is_active=row.is_active,
            )
            # Two imports at once lock the rows they share in the same order.
            for row in sorted(rows, key=lambda row: row.sku)
        ),
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["name", "price", "compare_at_price", "category", "is_active"],
    )
