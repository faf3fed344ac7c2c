"""Which way imports and foreign keys point, room by room. import-linter holds the app-wide arrow."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, Model, OneToOneField

from tests.house.sources import APPS, HEIGHT, Source, imports, product_sources

OPEN_ROOMS = {"services", "queries", "rules"}
# Rules are plain values in, a verdict out; the words of a refusal are all they need of Django.
ALLOWED_TO_RULES = "django.utils"


def test_apps_enter_each_other_through_open_rooms() -> None:
    assert [
        f"{source.name}:{line} imports {name}"
        for source in product_sources()
        if source.app in APPS
        for line, name in imports(source)
        if _is_another_app(source, name) and not _is_open(name)
    ] == []


def test_apps_know_only_the_kernel_of_the_site() -> None:
    assert [
        f"{source.name}:{line} imports {name}"
        for source in product_sources()
        if source.app in APPS and source.room not in {"api", "admin", "management"}
        for line, name in imports(source)
        if name.startswith("loyalty_site.") and not name.startswith("loyalty_site.kernel")
    ] == []


def test_rules_know_no_framework_and_no_tables() -> None:
    assert [
        f"{source.name}:{line} imports {name}"
        for source in product_sources()
        if source.app in APPS and source.room == "rules"
        for line, name in imports(source)
        if (name.startswith(("django", "rest_framework", "celery")) and not name.startswith(ALLOWED_TO_RULES))
        or ".models" in name
    ] == []


def test_queries_and_services_know_no_http() -> None:
    assert [
        f"{source.name}:{line} imports {name}"
        for source in product_sources()
        if source.app in APPS and source.room in {"queries", "services"}
        for line, name in imports(source)
        if name.startswith(("django.http", "rest_framework", "django.shortcuts"))
    ] == []


def test_foreign_keys_obey_the_arrow() -> None:
    assert [
        f"{model.__name__}.{field.name} → {target}"
        for model in _models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField)
        and (target := field.related_model._meta.app_label) in HEIGHT  # type: ignore[union-attr]
        and not _may_point(model._meta.app_label, target)
    ] == []


def test_no_model_orders_itself() -> None:
    assert [model.__name__ for model in _models() if model._meta.ordering] == []


def test_constraints_are_named_after_their_table() -> None:
    """A name is what a broken constraint is recognised by, so it must be unique and chosen."""
    names = [constraint.name for model in _models() for constraint in model._meta.constraints]
    assert len(names) == len(set(names))


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if model._meta.app_label in HEIGHT and not model.__name__.endswith("Event"):
            yield model


def _may_point(own: str, target: str) -> bool:
    return own == target or HEIGHT[own] > HEIGHT[target]


def _is_another_app(source: Source, name: str) -> bool:
    return name.partition(".")[0] in {*APPS} - {source.app}


def _is_open(name: str) -> bool:
    app, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    return room in OPEN_ROOMS or (app == "customers" and room == "models")
