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
# The first drawing one of whose words occurs in a slug of the product's path, nearest category first.
DRAWINGS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("hanger", ("clean", "service", "laundry", "chist", "uslug", "repair")),
    ("shoe", ("shoe", "boot", "sneaker", "obuv", "footwear")),
    ("shirt", ("shirt", "rubash", "tee", "top", "polo")),
    ("trousers", ("trouser", "jean", "pant", "bruk", "dzhins")),
    ("dress", ("dress", "skirt", "plat", "yubk", "women")),
    ("coat", ("coat", "jacket", "outer", "kurt", "palto", "suit", "knit", "sweater")),
    ("hat", ("hat", "cap", "scarf", "shapk")),
    ("bag", ("bag", "backpack", "sumk", "accessor", "aksess", "belt", "wallet")),
    ("cup", ("cup", "dish", "kitchen", "tea", "coffee", "posud", "kuhn", "food", "eda", "produkt")),
    ("lamp", ("lamp", "light", "svet")),
    ("towel", ("towel", "textile", "tekstil", "bed", "linen", "postel")),
    ("book", ("book", "paper", "knig", "kanc")),
    ("bottle", ("care", "beauty", "cosmet", "soap", "uhod", "kosmet", "chem")),
    ("home", ("home", "house", "dom", "furniture", "mebel", "interior")),
    ("shirt", ("cloth", "odezhd", "wear", "men")),
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
        drawing_for(path),
    )


def drawing_for(path: Sequence[str]) -> str:
    """The symbol in `goods.svg` for a category's path of slugs."""
    for slug in reversed(path):
        for name, words in DRAWINGS:
            if any(word in slug for word in words):
                return name
    return "parcel"


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
