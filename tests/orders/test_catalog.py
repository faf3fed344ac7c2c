"""The catalogue as the shop tells it."""

from dataclasses import asdict, replace
from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import InvalidInput
from orders.models import Category, Product
from orders.services import import_catalog, put_category, put_product
from orders.services.catalog_rows import CategoryRow, ProductRow

pytestmark = pytest.mark.django_db
SHIRT = ProductRow("SHIRT", "Рубашка", Decimal("1500.00"))


def paths() -> dict[str, list[str]]:
    return dict(Category.objects.order_by("slug").values_list("slug", "ancestry"))


def put_all(**rows) -> dict[str, int]:
    return import_catalog(**{kind: [asdict(row) for row in given] for kind, given in rows.items()})


def wrong_fields(**rows) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        put_all(**rows)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_put_category_is_made_and_changed():
    made = put_category(slug="shoes", name="Обувь")
    category = put_category(slug="shoes", name="Обувь и сумки", earns_points=False)
    assert (category.pk, category.name, category.earns_points, category.payable_with_points) == (
        made.pk,
        "Обувь и сумки",
        False,
        True,
    )


def test_whole_subtree_moves():
    put_all(
        categories=[
            CategoryRow("boots", "Ботинки", "shoes"),
            CategoryRow("winter", "Зимние", "boots"),
            CategoryRow("shoes", "Обувь"),
            CategoryRow("clothes", "Одежда"),
        ]
    )
    assert paths()["winter"] == ["shoes", "boots", "winter"]

    put_category(slug="boots", name="Ботинки", parent="clothes")

    assert paths() == {
        "boots": ["clothes", "boots"],
        "clothes": ["clothes"],
        "shoes": ["shoes"],
        "winter": ["clothes", "boots", "winter"],
    }
    assert Category.objects.get(slug="boots").parent == Category.objects.get(slug="clothes")


def test_cycle_is_refused():
    put_all(categories=[CategoryRow("a", "A"), CategoryRow("b", "B", "a")])
    with pytest.raises(InvalidInput) as refusal:
        put_category(slug="a", name="A", parent="b")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("parent", "cycle")]


def test_own_parent_is_a_cycle():
    assert wrong_fields(categories=[CategoryRow("a", "A", "a")]) == [("categories.0.parent", "cycle")]


def test_tree_has_a_deepest_level():
    chain = [CategoryRow(f"c{n}", "C", f"c{n - 1}" if n else None) for n in range(21)]
    assert wrong_fields(categories=chain) == [("categories.20.parent", "cycle")]


def test_put_product_is_made_and_changed():
    put_category(slug="shirts", name="Рубашки")
    made = put_product(sku="SHIRT", name="Рубашка", price=Decimal("1500.00"), category="shirts")
    assert made.category.slug == "shirts"
    product = put_product(sku="SHIRT", name="Рубашка", price=Decimal("1200.00"), compare_at_price=Decimal("1500.00"))
    assert (product.pk, product.price, product.compare_at_price, product.category) == (
        made.pk,
        Decimal("1200.00"),
        Decimal("1500.00"),
        None,
    )


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (replace(SHIRT, sku=" "), ("products.0.sku", "required")),
        (replace(SHIRT, sku="x" * 65), ("products.0.sku", "too_long")),
        (replace(SHIRT, name="a\x00b"), ("products.0.name", "invalid")),
        (replace(SHIRT, price=Decimal("-0.01")), ("products.0.price", "out_of_range")),
        (replace(SHIRT, price=Decimal("0.001")), ("products.0.price", "out_of_range")),
        (replace(SHIRT, price=Decimal("NaN")), ("products.0.price", "out_of_range")),
        (replace(SHIRT, compare_at_price=Decimal("1e11")), ("products.0.compare_at_price", "out_of_range")),
        (replace(SHIRT, category="none"), ("products.0.category", "unknown_category")),
    ],
)
def test_wrong_product_is_named(row, wrong):
    assert wrong_fields(products=[row]) == [wrong]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([CategoryRow("a b", "A")], [("categories.0.slug", "invalid")]),
        ([CategoryRow("a", "")], [("categories.0.name", "required")]),
        ([CategoryRow("a", "A"), CategoryRow("a", "B")], [("categories.1.slug", "duplicate")]),
        ([CategoryRow("a", "A", "none")], [("categories.0.parent", "unknown_category")]),
    ],
)
def test_wrong_category_is_named(rows, wrong):
    assert wrong_fields(categories=rows) == wrong


def test_import_counts_its_rows():
    rows = [replace(SHIRT, sku=f"P{number}") for number in range(10_001)]
    assert wrong_fields(products=rows) == [("products", "too_many")]


def test_import_takes_few_statements(django_assert_max_num_queries):
    categories = [CategoryRow(f"c{number}", "C") for number in range(50)]
    products = [replace(SHIRT, sku=f"P{number}", category=f"c{number % 50}") for number in range(1000)]
    with django_assert_max_num_queries(12):
        assert put_all(categories=categories, products=products) == {"categories": 50, "products": 1000}
    assert Product.objects.count() == 1000


def test_deeper_than_allowed_below_the_moved_one_is_refused():
    chain = [CategoryRow(f"c{n}", "C", f"c{n - 1}" if n else None) for n in range(20)]
    put_all(categories=chain)
    put_category(slug="top", name="Top")
    with pytest.raises(InvalidInput) as refusal:
        put_category(slug="c0", name="C", parent="top")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("parent", "too_deep")]
