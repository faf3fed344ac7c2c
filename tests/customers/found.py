"""What the doctor's checks find in the tests' database."""

from collections.abc import Iterable

from django.db import connection

from loyalty_site.kernel.invariants import Invariant


def found_by(invariants: Iterable[Invariant]) -> set[str]:
    """Codes of the checks that name any row."""
    found = set()
    with connection.cursor() as cursor:
        for invariant in invariants:
            cursor.execute(invariant.sql)
            if cursor.fetchall():
                found.add(invariant.code)
    return found
