"""Taking back codes that were given as a reward (R-4)."""

from collections.abc import Sequence

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from promocodes.services.history import written_by


@requires_transaction
def switch_off_unused(*, promo_code_ids: Sequence[int]) -> set[int]:
    """Switches off those of the codes that no order has used; returns which. One statement, codes locked by key."""
    with written_by(None, "deactivate"), connection.cursor() as cursor:
        cursor.execute(SWITCH_OFF, [list(promo_code_ids)])
        return {key for (key,) in cursor.fetchall()}


SWITCH_OFF = """
WITH held AS MATERIALIZED (
    SELECT id FROM promocodes_promocode WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
)
UPDATE promocodes_promocode c SET switch = FALSE FROM held WHERE c.id = held.id AND c.uses = 0 RETURNING c.id
"""
