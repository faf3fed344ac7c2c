"""The catalogue over HTTP: what the shop sells, told by its own system."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.fields import FlagField, MoneyField, StrictSerializer, TextField
from loyalty_site.kernel.schema import operation, path_text
from orders.services import import_catalog, put_category, put_product

MAX_ROWS = 10_000
# Ten thousand rows with long names, each character written as \uXXXX.
MAX_IMPORT_BODY = 16_000_000
TAG = "catalogue"
SLUG = path_text("slug", "Letters, digits, hyphens and underscores.", maxLength=100, pattern="^[-a-zA-Z0-9_]+$")
SKU = path_text("sku", "The shop's own article number.", maxLength=64)


class CategoryIn(StrictSerializer):
    name = TextField(max_length=200)
    parent = TextField(max_length=100, required=False, allow_null=True)
    earns_points = FlagField(required=False)
    payable_with_points = FlagField(required=False)


class ProductIn(StrictSerializer):
    name = TextField(max_length=255)
    price = MoneyField()
    compare_at_price = MoneyField(required=False, allow_null=True)
    category = TextField(max_length=100, required=False, allow_null=True)
    is_active = FlagField(required=False)


class CategoryRowIn(CategoryIn):
    slug = TextField(max_length=100)


class ProductRowIn(ProductIn):
    sku = TextField(max_length=64)


class ImportIn(StrictSerializer):
    """All or nothing; a category may follow the ones below it."""

    categories = CategoryRowIn(many=True, required=False, max_length=MAX_ROWS)
    products = ProductRowIn(many=True, required=False, max_length=MAX_ROWS)


class CategoryOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(allow_null=True)
    earns_points = serializers.BooleanField()
    payable_with_points = serializers.BooleanField()


class ProductOut(serializers.Serializer[Any]):
    sku = serializers.CharField()
    name = serializers.CharField()
    price = MoneyField()
    compare_at_price = MoneyField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()


class ImportOut(serializers.Serializer[Any]):
    categories = serializers.IntegerField()
    products = serializers.IntegerField()


class Category(ApiView):
    scope = "catalog"

    @operation(
        "Put a category",
        body=CategoryIn,
        answer=CategoryOut,
        refusals=[404, 409, 422],
        parameters=[SLUG],
        tag=TAG,
        name="putCategory",
    )
    def put(self, request: Request, slug: str) -> HttpResponse:
        given = self.read(CategoryIn)
        return self.effect(lambda now: _category_document(put_category(slug=slug, **given)))


class Product(ApiView):
    scope = "catalog"

    @operation(
        "Put a product",
        body=ProductIn,
        answer=ProductOut,
        refusals=[404, 409, 422],
        parameters=[SKU],
        tag=TAG,
        name="putProduct",
    )
    def put(self, request: Request, sku: str) -> HttpResponse:
        given = self.read(ProductIn)
        return self.effect(lambda now: _product_document(put_product(sku=sku, **given)))


class CatalogImport(ApiView):
    scope = "catalog"
    max_body = MAX_IMPORT_BODY

    @operation(
        "Put up to 10,000 categories and products, all or nothing",
        body=ImportIn,
        answer=ImportOut,
        key="accepted",
        refusals=[422],
        tag=TAG,
        name="importCatalog",
    )
    def post(self, request: Request) -> HttpResponse:
        given = self.read(ImportIn)
        return self.effect(
            lambda now: import_catalog(categories=given.get("categories", ()), products=given.get("products", ()))
        )


def _category_document(category: Any) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "name": category.name,
        "parent": category.parent.slug if category.parent else None,
        "earns_points": category.earns_points,
        "payable_with_points": category.payable_with_points,
    }


def _product_document(product: Any) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "price": f"{product.price:.2f}",
        "compare_at_price": None if product.compare_at_price is None else f"{product.compare_at_price:.2f}",
        "category": product.category.slug if product.category else None,
        "is_active": product.is_active,
    }
