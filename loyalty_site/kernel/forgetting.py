"""What tables forget of a person (CU-4, ADR 15): said once, for statements and triggers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Forgets:
    """Columns of `table` that become `blanks` (None, an empty text, an empty list …) when a customer is erased.

    `rows` is a condition on the row `r` that finds them by `%(keys)s`, by an index. `owners` is a SELECT of whose the
    row `r` is, by key: a table that keeps its past (`loyalty_site.history`) lets go only when one of them was erased.
    """

    table: str
    rows: str
    blanks: Mapping[str, Any]
    owners: str = "SELECT r.customer_id"

    @property
    def document(self) -> str:
        return json.dumps(dict(self.blanks), sort_keys=True)

    @property
    def is_allowed(self) -> str:
        """SQL for a trigger: `$1` is the row as it was."""
        return (
            f"SELECT EXISTS (SELECT FROM (SELECT ($1).*) r, customers_customer c "  # noqa: S608
            f"WHERE c.erased_at IS NOT NULL AND c.id IN ({self.owners}))"
        )


def forget(tables: Sequence[Forgets], keys: Sequence[int]) -> dict[str, int]:
    """Blank the rows of the customers `keys`; how many, by table. One statement a table."""
    return {forgets.table: _forget(forgets, list(keys)) for forgets in tables}


def changed(sql: str, params: Mapping[str, Any]) -> int:
    """Run one statement; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _forget(forgets: Forgets, keys: list[int]) -> int:
    values = {f"v_{name}": _value(value) for name, value in forgets.blanks.items()}
    settings = ", ".join(f"{name} = {_placeholder(name, value)}" for name, value in forgets.blanks.items())
    differ = " OR ".join(
        f"r.{name} IS DISTINCT FROM {_placeholder(name, value)}" for name, value in forgets.blanks.items()
    )
    # Names and conditions are constants of the apps; values go in as parameters.
    sql = f"UPDATE {forgets.table} r SET {settings} WHERE ({forgets.rows}) AND ({differ})"  # noqa: S608
    return changed(sql, {"keys": keys, **values})


def _placeholder(name: str, value: Any) -> str:
    return f"%(v_{name})s::jsonb" if isinstance(value, list | dict) else f"%(v_{name})s"


def _value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value
