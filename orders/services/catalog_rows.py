"""Rows of the catalogue as given, and what is wrong with them."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError
from loyalty_site.kernel.money import MAX_AMOUNT, ZERO, rounded

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,100}")
CONTROL = {"Cc", "Cs"}


@dataclass(frozen=True)
class CategoryRow:
    """`parent` is a slug; None for a root."""

    slug: str
    name: str
    parent: str | None = None
    earns_points: bool = True
    payable_with_points: bool = True

    def errors(self, path: str) -> Iterator[FieldError]:
        if not SLUG.fullmatch(self.slug):
            yield FieldError(
                f"{path}slug", "invalid", _("A slug is of Latin letters, digits, hyphens and underscores.")
            )
        yield from text_errors(f"{path}name", self.name, 200)


@dataclass(frozen=True)
class ProductRow:
    """`category` is a slug; None for a product without one."""

    sku: str
    name: str
    price: Decimal
    compare_at_price: Decimal | None = None
    category: str | None = None
    is_active: bool = True

    def errors(self, path: str) -> Iterator[FieldError]:
        yield from text_errors(f"{path}sku", self.sku, 64)
        yield from text_errors(f"{path}name", self.name, 255)
        yield from price_errors(f"{path}price", self.price)
        if self.compare_at_price is not None:
            yield from price_errors(f"{path}compare_at_price", self.compare_at_price)

    def is_lost(self, known: Collection[str]) -> bool:
        return self.category is not None and self.category not in known

    def unknown_category(self, index: int, path: str) -> FieldError:
        field = f"{path}{index}.category" if path else "category"
        return FieldError(field, "unknown_category", _("There is no such category."))


def row_errors(rows: Sequence[CategoryRow | ProductRow], key: str, path: str) -> list[FieldError]:
    """Everything wrong with the rows by themselves; `path` is empty for a single row."""
    wrong: list[FieldError] = []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        here = f"{path}{index}." if path else ""
        wrong.extend(row.errors(here))
        value = getattr(row, key)
        if value in seen:
            wrong.append(FieldError(f"{here}{key}", "duplicate", _("This row is given twice.")))
        seen.add(value)
    return wrong


def text_errors(field: str, text: str, longest: int) -> Iterator[FieldError]:
    if not text.strip():
        yield FieldError(field, "required", _("This must not be empty."))
    elif len(text) > longest:
        yield FieldError(field, "too_long", _("At most %(count)d characters.") % {"count": longest})
    elif any(unicodedata.category(character) in CONTROL for character in text):
        yield FieldError(field, "invalid", _("This text holds characters that cannot be stored."))


def price_errors(field: str, price: Decimal) -> Iterator[FieldError]:
    if not (price.is_finite() and ZERO <= price <= MAX_AMOUNT and price == rounded(price)):
        yield FieldError(field, "out_of_range", _("A price is a sum of whole kopecks, not below zero."))
