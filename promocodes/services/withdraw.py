"""Taking back codes that were given as a reward (R-4)."""

from collections.abc import Sequence

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from promocodes.services.history import written_by


@requires_transaction
def withdraw_codes(*, promo_code_ids: Sequence[int]) -> set[int]:
    """Switches the codes off; returns those that no order uses. One statement, codes locked by key.

    An order that uses one keeps it; given free later, it is not taken again.
    """
    with written_by(None, "deactivate"), connection.cursor() as cursor:
        cursor.execute(SWITCH_OFF, [list(promo_code_ids)])
        return {key for key, is_unused in cursor.fetchall() if is_unused}


SWITCH_OFF = """
WITH held AS MATERIALIZED (
    SELECT id FROM promocodes_promocode WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
)
UPDATE promocodes_promocode c SET switch = FALSE FROM held WHERE c.id = held.id RETURNING c.id, c.uses = 0
"""
