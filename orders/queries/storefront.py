"""What the storefront shows: the tree of categories and the goods in it."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from orders.models import Category, DeliveryMethod, Product


@dataclass
class Branch:
    """A category of the menu. `count` is of goods on sale, those of its subcategories included."""

    slug: str
    name: str
    ancestry: list[str]
    count: int = 0
    children: list["Branch"] = field(default_factory=list)


def category_tree() -> list[Branch]:
    """Root categories that have goods on sale, with their subcategories, by name. One query."""
    rows = Category.objects.annotate(own=Count("products", filter=Q(products__is_active=True))).order_by("name", "pk")
    branches = {row.slug: Branch(row.slug, row.name, row.ancestry) for row in rows}
    for row in rows:
        for slug in row.ancestry or [row.slug]:
            if slug in branches:
                branches[slug].count += row.own
    roots: list[Branch] = []
    for branch in branches.values():
        if not branch.count:
            continue
        above = branch.ancestry[-2] if len(branch.ancestry) > 1 else None
        (branches[above].children if above in branches else roots).append(branch)
    return roots


def trail(category: Category) -> list[Category]:
    """The category and all above it, from the root down. One query."""
    found = {row.slug: row for row in Category.objects.filter(slug__in=category.ancestry)}
    return [found[slug] for slug in category.ancestry if slug in found]


def goods() -> QuerySet[Product]:
    """Goods on sale with their category, by name."""
    return Product.objects.filter(is_active=True).select_related("category").order_by("name", "pk")


def goods_below(category: Category) -> QuerySet[Product]:
    """Goods on sale of the category and its subcategories."""
    return goods().filter(category__ancestry__contains=[category.slug])


def goods_found(text: str) -> QuerySet[Product]:
    """Goods on sale where every word of `text` is in the name, the SKU or the category's name."""
    found = goods()
    for word in text.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(sku__icontains=word) | Q(category__name__icontains=word))
    return found


def goods_on_sale() -> QuerySet[Product]:
    """Goods with an old price above the price, the largest reduction first."""
    return (
        Product.objects.filter(is_active=True, compare_at_price__gt=F("price"))
        .select_related("category")
        .order_by(F("price") / F("compare_at_price"), "pk")
    )


def delivery_methods() -> list[DeliveryMethod]:
    """What the checkout offers, in its order."""
    return list(DeliveryMethod.objects.filter(is_active=True).order_by("position", "pk"))
