"""Orders as answered, and what promo codes ask of the till (ADR 0002)."""

from decimal import Decimal

import pytest
from django.utils import translation

from orders.queries import category_choices, known_categories, order_document, sample_quote
from promocodes.rules import CodeSpec
from tests.factories import (
    CategoryFactory,
    CustomerFactory,
    DeliveryMethodFactory,
    ProductFactory,
    PromoCodeFactory,
    TermsFactory,
)
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


def spec(**fields) -> CodeSpec:
    terms = TermsFactory.build()
    plain = {
        "type": "percent",
        "value": Decimal("5.00"),
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
    }
    return CodeSpec(**{**plain, **fields})


def test_order_document_has_the_quote_and_the_order():
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT")
    order = place("SHIRT", customer_id=customer.pk, promo_code=PromoCodeFactory().code)

    document = order_document(order)

    assert {
        key: document[key] for key in ("number", "status", "created_at", "customer", "total", "discount_total")
    } == {
        "number": order.number,
        "status": "new",
        "created_at": "2026-06-10T09:00:00+00:00",
        "customer": str(customer.public_id),
        "total": "950.00",
        "discount_total": "50.00",
    }
    assert set(document["explanation"][0]) == {"step", "applied", "amount", "text"}


def test_order_document_speaks_the_readers_language():
    ProductFactory(sku="SHIRT")
    with translation.override("en"):
        order = place("SHIRT")
        english = order_document(order)["explanation"]
    with translation.override("ru"):
        russian = order_document(order)["explanation"]
    assert english[0]["text"].startswith("Goods: 1 piece for ")
    assert [step["amount"] for step in english] == [step["amount"] for step in russian]


def test_category_choices_follow_the_tree():
    shoes = CategoryFactory(slug="shoes", name="Обувь")
    CategoryFactory(slug="boots", name="Ботинки", parent=shoes)
    CategoryFactory(slug="hats", name="Головные уборы")
    assert [(slug, name.strip()) for slug, name in category_choices()] == [
        ("hats", "Головные уборы"),
        ("shoes", "Обувь"),
        ("boots", "Ботинки"),
    ]
    assert category_choices()[2][1].startswith("\N{NO-BREAK SPACE}")


def test_sample_basket_fits_the_code():
    shoes, hats = CategoryFactory(slug="shoes"), CategoryFactory(slug="hats")
    ProductFactory(sku="BOOT", price=Decimal("900.00"), category=shoes)
    ProductFactory(sku="HAT", price=Decimal("500.00"), category=hats)
    DeliveryMethodFactory(price=Decimal("250.00"))

    quote = sample_quote(spec(categories=("shoes",), minimum_order=Decimal("2000.00")))

    assert [(line.sku, line.quantity, line.discount) for line in quote.lines] == [
        ("BOOT", 2, Decimal("90.00")),
        ("HAT", 1, Decimal("0.00")),
    ]
    assert (quote.goods_total, quote.delivery_total) == (Decimal("2300.00"), Decimal("250.00"))


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "fixed", "value": Decimal("100.00"), "required_categories": ("shirts",)},
        {"type": "free_shipping", "value": None},
        {"type": "cashback", "value": Decimal("20.00")},
        {"categories": ("none",)},
    ],
)
def test_sample_basket_without_goods_is_made_up(fields):
    quote = sample_quote(spec(**fields))
    assert quote.promo_code.status == "applied"
    assert quote.goods_total == Decimal("1000.00")


def test_known_categories_asks_only_for_the_slugs_given(django_assert_num_queries):
    shirts = CategoryFactory(slug="shirts")
    CategoryFactory(slug="coats")

    with django_assert_num_queries(1) as asked:
        assert known_categories(["shirts", "shirts", "nothing"]) == {shirts.slug}
    assert "coats" not in asked[0]["sql"]
    assert " IN (" in asked[0]["sql"]
