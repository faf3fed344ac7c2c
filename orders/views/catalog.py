"""Catalogue: home, category, search, product."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from orders.models import Category, Product
from orders.queries import storefront
from orders.queries.promise import points_promise
from orders.views import visitor

PAGE = 24
SHELF = 8


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "tree": storefront.category_tree(),
        "on_sale": list(storefront.goods_on_sale()[:SHELF]),
        "page": _page(request, storefront.goods()),
    }
    return render(request, "shop/home.html", context)


@require_GET
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Goods of a category and of all below it."""
    found = get_object_or_404(Category, slug=slug)
    context = {
        "category": found,
        "trail": storefront.trail(found)[:-1],
        "children": _branch_children(slug),
        "page": _page(request, storefront.goods_below(found)),
    }
    return render(request, "shop/category.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = storefront.goods_found(text) if text else Product.objects.none()
    context = {"search_text": text, "page": _page(request, found), "tree": storefront.category_tree()}
    return render(request, "shop/search.html", context)


@require_GET
def product(request: HttpRequest, sku: str) -> HttpResponse:
    found = get_object_or_404(Product.objects.select_related("category"), sku=sku, is_active=True)
    context = {
        "product": found,
        "trail": storefront.trail(found.category) if found.category else [],
        "similar": _similar(found),
        "promise": points_promise([(found, 1)], customer_id=visitor.customer_id_of(request), now=timezone.now()),
    }
    return render(request, "shop/product.html", context)


def _page(request: HttpRequest, found: QuerySet[Product]) -> Page[Product]:
    return Paginator(found, PAGE).get_page(request.GET.get("page"))


def _branch_children(slug: str) -> list[storefront.Branch]:
    level = storefront.category_tree()
    while level:
        for branch in level:
            if branch.slug == slug:
                return branch.children
        level = [child for branch in level for child in branch.children]
    return []


def _similar(product: Product) -> list[Product]:
    if product.category is None:
        return []
    return list(storefront.goods_below(product.category).exclude(pk=product.pk)[:4])
