"""Rows that go from one customer to another when the two become one (CU-3): what every app's step is made of."""

from typing import Any

from django.db import connection

from customers.models import Merge


def run(sql: str, merge: Merge, **params: Any) -> int:
    """One statement with %(survivor)s and %(absorbed)s at hand; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"survivor": merge.survivor_id, "absorbed": merge.absorbed_id, **params})
        return int(cursor.rowcount)


def moved(merge: Merge, table: str, column: str = "customer_id") -> int:
    """All rows of `table` that name the absorbed customer name the survivor; returns how many."""
    return run(f"UPDATE {table} SET {column} = %(survivor)s WHERE {column} = %(absorbed)s", merge)  # noqa: S608


def moved_once(merge: Merge, table: str, *alike: str, column: str = "customer_id") -> int:
    """Like `moved`, for rows that a customer has once for each `alike`: what the survivor has already is dropped."""
    same = " AND ".join(f"own.{name} = t.{name}" for name in alike)
    run(
        f"DELETE FROM {table} t USING {table} own WHERE t.{column} = %(absorbed)s"  # noqa: S608
        f" AND own.{column} = %(survivor)s AND {same}",
        merge,
    )
    return moved(merge, table, column)


def moved_where(merge: Merge, table: str, condition: str, column: str = "customer_id") -> int:
    """Like `moved`, for some of the rows."""
    sql = f"UPDATE {table} SET {column} = %(survivor)s WHERE {column} = %(absorbed)s AND {condition}"  # noqa: S608
    return run(sql, merge)
