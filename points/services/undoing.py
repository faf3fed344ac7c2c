"""Whose account a fact belongs to."""

from django.db import connection

from loyalty_site.kernel.errors import DomainError

LOCK_OWNER = """
SELECT customer_id, debt FROM points_pointsaccount
WHERE customer_id = (SELECT account_id FROM points_entry WHERE fact = %s AND part = 1)
FOR NO KEY UPDATE
"""


def lock_account_of(fact: str, refusal: type[DomainError]) -> tuple[int, int]:
    """(account, debt) of what was posted under `fact`, locked. Raises `refusal` when nothing was."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OWNER, [fact])
        row = cursor.fetchone()
    if row is None:
        raise refusal
    return row[0], row[1]
