"""System checks of the machine we run on."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db import connections

CYRILLIC_CASE = Error(
    "This database does not know upper and lower case outside ASCII: searches would miss Russian text.",
    hint="Create it with a UTF-8 locale: initdb --locale-provider=builtin --builtin-locale=C.UTF-8",
    id="loyalty.E001",
)


@register("database")
def check_cyrillic_case(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **_: Any
) -> list[CheckMessage]:
    """`icontains` compares by upper(), which plain locale C leaves alone for any letter but A-Z."""
    return [CYRILLIC_CASE for alias in databases or [] if not knows_cyrillic_case(alias)]


def knows_cyrillic_case(alias: str) -> bool:
    """Whether the database folds the case of Russian letters."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT upper('ё') = 'Ё' AND 'ЛЕТО' ILIKE 'лето'")
        return bool(cursor.fetchone()[0])
