"""What the editor and the code's page ask of the apps above, by the ports named in settings (ADR 0002)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from customers.models import Segment
from promocodes.queries import tier_names


def category_choices() -> list[tuple[str, str]]:
    """Slug and indented name of every category, in the order of the tree."""
    return list(import_string(settings.PROMOCODES_CATEGORY_SOURCE)())


def related_categories(slugs: Iterable[str]) -> set[str]:
    """`slugs` with all above and below them: a code for one of these meets a code for `slugs` on some goods."""
    wanted = set(slugs)
    return wanted | set(import_string(settings.PROMOCODES_RELATED_CATEGORIES)(wanted)) if wanted else wanted


def category_names() -> dict[str, str]:
    return {slug: name.strip(" \N{NO-BREAK SPACE}—-·") for slug, name in category_choices()}


def lazy_category_names() -> Any:
    """The same mapping, read when first needed and once for a whole page."""
    return SimpleLazyObject(category_names)


def order_links(refs: Iterable[str]) -> dict[str, Any]:
    """`order:1042` → (number, address in the back office, status)."""
    wanted = list(refs)
    return dict(import_string(settings.PROMOCODES_ORDER_LINKS)(wanted)) if wanted else {}


def sample_quote(spec: Any) -> Any:
    """The worked example of the editor: what a code with these terms does to a sample basket."""
    return import_string(settings.PROMOCODES_SAMPLE_QUOTE)(spec)


def segment_choices(kept: str = "") -> list[tuple[str, str]]:
    """Code and name of every segment that is not put away, and of the one that a code has already."""
    rows = Segment.objects.filter(Q(archived_at=None) | Q(code=kept)).order_by("name", "pk")
    return [(row.code, row.title) for row in rows.only("code", "name", "name_en")]


def segment_names() -> dict[str, str]:
    """Names of all segments by code."""
    return {row.code: row.title for row in Segment.objects.only("code", "name", "name_en")}


def tier_choices() -> list[tuple[str, str]]:
    """Code and name of every tier, the lowest first."""
    return list(tier_names().items())


def own_percents() -> list[Any]:
    """What customers have without a code: tiers from the lowest up, ladders, cards; see the port's own words."""
    return list(import_string(settings.PROMOCODES_OWN_PERCENTS)())


def lazy_tier_names() -> Any:
    """The same as a mapping, read when first needed: most codes ask for no tier."""
    return SimpleLazyObject(tier_names)


def named(slugs: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Names of `slugs`; a category that is no longer in the catalogue keeps its slug."""
    return tuple(names.get(slug, slug) for slug in slugs)
