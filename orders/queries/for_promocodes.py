"""What the promo codes ask of the catalogue and the orders through their ports (ADR 0002)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from django.db.models import F
from django.db.models.functions import Abs
from django.urls import reverse
from django.utils.translation import gettext as _

import customers.queries
from loyalty_site.kernel.money import ZERO
from orders.models import Category, DeliveryMethod, Order, Product
from orders.queries.basket_lines import MAX_QUANTITY, line_inputs
from orders.rules import AppliedCode, EarnTerms, LineInput, PricingPolicy, Quote, price
from promocodes.rules import CodeFacts, CodeSpec, LineFacts, lines_in_scope

INDENT = "\N{NO-BREAK SPACE}" * 4
SAMPLE_CODE, SAMPLE_PRICE, SAMPLE_DELIVERY = "PROMOCODE", Decimal("1000.00"), Decimal("300.00")


def category_choices() -> list[tuple[str, str]]:
    """Slug and name of every category in the order of the tree, indented by depth. One query."""
    rows = {row.slug: row for row in Category.objects.all()}
    names = {slug: row.name for slug, row in rows.items()}

    def path(row: Category) -> list[tuple[str, str]]:
        return [(names.get(slug, slug), slug) for slug in row.ancestry]

    ordered = sorted(rows.values(), key=path)
    return [(row.slug, INDENT * (len(row.ancestry) - 1) + row.name) for row in ordered]


def known_categories(slugs: Iterable[str]) -> set[str]:
    """Those of `slugs` that the catalogue has. One query, however large the catalogue."""
    return set(Category.objects.filter(slug__in=set(slugs)).values_list("slug", flat=True))


def related_categories(slugs: Iterable[str]) -> set[str]:
    """The categories on the way from the root to any of `slugs`, and all below them. One query."""
    below = Category.objects.filter(ancestry__overlap=list(slugs)).values_list("ancestry", flat=True)
    return {slug for path in below for slug in path}


def admin_links(refs: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """`order:1042` → (number, address in the back office, status in words). One query."""
    keys = [int(ref.removeprefix("order:")) for ref in refs if ref.removeprefix("order:").isdigit()]
    return {
        order.ref: (
            order.number,
            reverse("admin:orders_order_change", args=[order.pk]),
            order.get_status_display(),
        )
        for order in Order.objects.filter(pk__in=keys).only("pk", "status")
    }


def sample_quote(spec: CodeSpec) -> Quote:
    """A worked example: what a code with these terms does to a basket of the shop's goods that fits it.

    The basket holds goods in scope, goods the code requires and, where the scope is narrow, goods outside it;
    there is enough of the first to reach the minimum. At most 6 queries.
    """
    facts = CodeFacts(
        type=spec.type,
        value=spec.value,
        categories=tuple(spec.categories),
        required_categories=tuple(spec.required_categories),
        minimum_order=spec.minimum_order,
        starts_at=spec.starts_at,
        ends_at=spec.ends_at,
    )
    programme = customers.queries.programme()
    lines = _reaching(_sample_lines(facts, programme.sale_goods_excluded), spec.minimum_order)
    scope = lines_in_scope(facts, _facts(lines), skip_sale=programme.sale_goods_excluded)
    return price(
        lines,
        code=AppliedCode(SAMPLE_CODE, spec.type, spec.value, tuple(scope)),
        earn=EarnTerms(base_percent=programme.base_earn_percent),
        policy=PricingPolicy(percent_policy=programme.percent_policy, delivery_price=_delivery_price()),
    )


def _sample_lines(code: CodeFacts, skip_sale: bool) -> list[LineInput]:
    chosen = [_product_in(code.categories, skip_sale)]
    if code.required_categories:
        chosen.append(_product_in(code.required_categories, skip_sale))
    if code.categories:
        chosen.append(_product_outside(code.categories))
    skus = dict.fromkeys(product.sku for product in chosen if product is not None)
    if not skus:
        categories = frozenset([*code.categories, *code.required_categories])
        return [LineInput("", _("Sample product"), 1, SAMPLE_PRICE, categories=categories)]
    return list(line_inputs([(sku, 1) for sku in skus]))


def _product_in(categories: Sequence[str], skip_sale: bool) -> Product | None:
    """One that costs about a thousand, so that the sums are easy to follow."""
    goods = Product.objects.filter(is_active=True, price__gt=0)
    if categories:
        goods = goods.filter(category__ancestry__overlap=list(categories))
    if skip_sale:
        goods = goods.filter(compare_at_price=None)
    return goods.order_by(Abs(F("price") - SAMPLE_PRICE), "pk").first()


def _product_outside(categories: Sequence[str]) -> Product | None:
    goods = Product.objects.filter(is_active=True, price__gt=0)
    return goods.exclude(category__ancestry__overlap=list(categories)).order_by("pk").first()


def _reaching(lines: list[LineInput], minimum: Decimal | None) -> list[LineInput]:
    """More pieces of the first line until the goods reach the minimum."""
    first, *others = lines
    missing = (minimum or ZERO) - sum((line.subtotal for line in others), ZERO)
    pieces = int((missing / first.unit_price).to_integral_value(rounding=ROUND_CEILING)) if missing > 0 else 1
    wanted = min(max(pieces, 1), MAX_QUANTITY)
    return [replace(first, quantity=wanted), *others]


def _facts(lines: Sequence[LineInput]) -> list[LineFacts]:
    return [LineFacts(line.sku, line.categories, line.subtotal, line.is_on_sale) for line in lines]


def _delivery_price() -> Decimal:
    method = DeliveryMethod.objects.filter(is_active=True, price__gt=0).order_by("position", "pk").first()
    return method.price if method else SAMPLE_DELIVERY
