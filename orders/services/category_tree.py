"""The tree of categories: parents set, paths recomputed for whole subtrees, cycles refused."""

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, InvalidInput
from orders.models import Category
from orders.services.catalog_rows import CategoryRow

MAX_DEPTH = 20


def hold_tree() -> None:
    """Two changes of the tree at once could close a cycle that neither sees: they go one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orders_category.tree'))")


def planted(rows: Sequence[CategoryRow], *, path: str) -> None:
    """Sets the parents of `rows` and the paths of everything that moved with them. Three statements.

    Raises InvalidInput on `parent` for an unknown one, a cycle, or a tree deeper than 20.
    """
    before = {
        slug: (parent, ancestry)
        for slug, parent, ancestry in Category.objects.values_list("slug", "parent__slug", "ancestry")
    }
    parents: dict[str, str | None] = {slug: parent for slug, (parent, _ancestry) in before.items()}
    parents.update({row.slug: row.parent for row in rows})
    paths: dict[str, list[str]] = {}
    wrong = []
    for index, row in enumerate(rows):
        field = f"{path}{index}.parent" if path else "parent"
        if row.parent is not None and row.parent not in parents:
            wrong.append(FieldError(field, "unknown_category", _("There is no such category.")))
        elif _path(row.slug, parents, paths) is None:
            text = _("The category would be below itself, or more than 20 levels deep.")
            wrong.append(FieldError(field, "cycle", text))
    too_deep = [slug for slug in parents if _path(slug, parents, paths) is None]
    if too_deep and not wrong:
        deep = _("Below “%(name)s” the tree would be more than 20 levels deep.") % {"name": too_deep[0]}
        wrong.append(FieldError(path.rstrip(".") or "parent", "too_deep", deep))
    if wrong:
        raise InvalidInput(*wrong)
    after = {slug: (parent, paths[slug]) for slug, parent in parents.items()}
    _write([(slug, *place) for slug, place in after.items() if before[slug] != place])


def _path(slug: str, parents: dict[str, str | None], known: dict[str, list[str]]) -> list[str] | None:
    """Slugs from the root down to `slug`; None for a cycle or too deep a tree."""
    climbed: list[str] = []
    here: str | None = slug
    while here is not None and here not in known:
        if here in climbed or len(climbed) >= MAX_DEPTH:
            return None
        climbed.append(here)
        here = parents.get(here)
    path = list(known[here]) if here is not None else []
    for step in reversed(climbed):
        path = [*path, step]
        known[step] = path
    return path if len(path) <= MAX_DEPTH else None


def _write(moved: Sequence[tuple[str, str | None, list[str]]]) -> None:
    if not moved:
        return
    # Paths differ in length, and an SQL array of arrays may not: they travel joined, slugs hold no slash.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_category c SET parent_id = p.id, ancestry = string_to_array(m.path, '/')
            FROM unnest(%s::text[], %s::text[], %s::text[]) AS m (slug, parent, path)
            LEFT JOIN orders_category p ON p.slug = m.parent
            WHERE c.slug = m.slug
            """,
            [
                [slug for slug, _parent, _path in moved],
                [parent for _slug, parent, _path in moved],
                ["/".join(path) for _slug, _parent, path in moved],
            ],
        )
