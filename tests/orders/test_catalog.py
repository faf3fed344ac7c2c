"""The catalogue as the shop tells it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import InvalidInput
from orders.models import Category, Product
from orders.services import CategoryRow, ProductRow, import_catalog, put_category, put_product

pytestmark = pytest.mark.django_db
SHIRT = ProductRow("SHIRT", "Рубашка", Decimal("1500.00"))


def paths() -> dict[str, list[str]]:
    return dict(Category.objects.order_by("slug").values_list("slug", "ancestry"))


def wrong_fields(**rows) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        import_catalog(**rows)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_put_category_is_made_and_changed():
    assert put_category(slug="shoes", name="Обувь")[1]
    category, is_new = put_category(slug="shoes", name="Обувь и сумки", earns_points=False)
    assert (is_new, category.name, category.earns_points, category.payable_with_points) == (
        False,
        "Обувь и сумки",
        False,
        True,
    )


def test_whole_subtree_moves():
    import_catalog(
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
    import_catalog(categories=[CategoryRow("a", "A"), CategoryRow("b", "B", "a")])
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
    assert put_product(sku="SHIRT", name="Рубашка", price=Decimal("1500.00"), category="shirts")[1]
    product, is_new = put_product(
        sku="SHIRT", name="Рубашка", price=Decimal("1200.00"), compare_at_price=Decimal("1500.00")
    )
    assert (is_new, product.price, product.compare_at_price, product.category) == (
        False,
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
        assert import_catalog(categories=categories, products=products) == (50, 1000)
    assert Product.objects.count() == 1000
