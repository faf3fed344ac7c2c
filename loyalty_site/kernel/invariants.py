"""What must always hold, as SQL that finds the offenders. `manage.py doctor` collects the apps' `INVARIANTS`."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Invariant:
    """`sql` returns one row per offender and none when all is well; its columns say what is wrong with it.

    `code` is stable (`code_uses_within_limit`), `title` says in words what holds.
    """

    code: str
    title: str | Promise
    sql: str
