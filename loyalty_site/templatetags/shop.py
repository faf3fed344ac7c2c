"""Drawings of the storefront: `{% icon "basket" %}`, `{% picture product %}`."""

import zlib
from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

TINTS = 6
# A drawing is chosen by the first of these words that occurs in the product's name, else in a slug of its path,
# nearest category first. The shop's goods are named in Russian, its slugs in English.
DRAWINGS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("hanger", ("чистк", "ремонт", "набоек", "clean", "repair", "laundry")),
    ("gift", ("подарочн", "gift")),
    ("hat", ("шапк", "кепк", "шарф", "hat", "scarf")),
    ("shirt", ("футболк", "рубашк", "блузк", "shirt")),
    ("sweater", ("джемпер", "свитер", "кардиган", "knit")),
    ("boot", ("ботин", "сапог", "boot")),
    ("shoe", ("кед", "кроссов", "слипон", "туфл", "shoe", "sneaker")),
    ("coat", ("куртк", "пальто", "плащ", "пуховик", "костюм", "coat", "outerwear", "jacket")),
    ("trousers", ("брюк", "джинс", "trouser", "jeans")),
    ("dress", ("плать", "юбк", "dress", "skirt")),
    ("teapot", ("чайник", "teapot")),
    ("pan", ("сковород", "кастрюл", "pan")),
    ("knife", ("нож", "knife", "knives")),
    ("cup", ("чашк", "кружк", "cup", "kitchen")),
    ("towel", ("полотен", "плед", "towel", "textile")),
    ("pillow", ("бель", "подушк", "одеял", "bedding")),
    ("lamp", ("ламп", "светильник", "lamp")),
    ("bag", ("сумк", "рюкзак", "bag")),
    ("book", ("книг", "тетрад", "book")),
    ("bottle", ("шампун", "крем", "care")),
    ("home", ("home",)),
    ("shirt", ("clothes",)),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon that takes the colour of the text around it and says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def picture(product: Any, small: bool = False) -> SafeString:
    """A drawing for a product that has no photograph, by its category; the name beside it says what it is."""
    path = product.category.ancestry if product.category else []
    return format_html(
        '<span class="picture{} tint-{}" aria-hidden="true"><svg focusable="false"><use href="{}#{}"/></svg></span>',
        " picture-small" if small else "",
        zlib.crc32(product.sku.encode()) % TINTS,
        static("img/goods.svg"),
        drawing_for(product.name, path),
    )


def drawing_for(name: str, path: Sequence[str]) -> str:
    """The symbol in `goods.svg` for a product of this name in a category with this path of slugs."""
    for text in (name.lower(), *reversed(path)):
        for drawing, words in DRAWINGS:
            if any(word in text for word in words):
                return drawing
    return "parcel"


@register.filter
def order_number(ref: str) -> str:
    """The number of an order of this shop; empty for what is none (`import:5`)."""
    kind, _colon, number = ref.partition(":")
    return number if kind == "order" else ""


@register.filter
def percent_off(product: Any) -> int | None:
    """Whole percent between the old price and the price, None when there is nothing to boast of."""
    old = product.compare_at_price
    if not old or old <= product.price:
        return None
    return int((old - product.price) * 100 / old) or None


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's widget in the shop's look; its label says what a placeholder would."""
    return field.as_widget(attrs={"class": "input", "placeholder": ""})
