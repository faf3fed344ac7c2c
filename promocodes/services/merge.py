"""Two customers become one: personal codes and uses follow, limits per customer count both together (CU-3, PC-9)."""

from datetime import datetime
from typing import Any

from customers.models import Merge
from customers.services.merge_rows import moved, run
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def merge_codes(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """A code once per customer that each of the two has used cannot be used again. The caller holds both customers."""
    holders = {"new": f"customer:{merge.survivor_id}", "old": f"customer:{merge.absorbed_id}"}
    run(LOCK_CODES, merge)
    codes = moved(merge, "promocodes_promocode")
    uses = run(MOVE_USES, merge, **holders)
    run(COUNT_TOGETHER, merge, **holders)
    run(NAME_THE_LAST, merge, **holders)
    return {"part": "codes", "codes": codes, "uses": uses} if codes or uses else None


# Personal codes and those that were used: whoever takes or releases a use comes to the code first.
LOCK_CODES = """
SELECT FROM promocodes_promocode
WHERE id IN (SELECT id FROM promocodes_promocode WHERE customer_id = %(absorbed)s
             UNION ALL SELECT promo_code_id FROM promocodes_redemption WHERE customer_id = %(absorbed)s)
ORDER BY id FOR NO KEY UPDATE
"""

MOVE_USES = """
UPDATE promocodes_redemption SET customer_id = %(survivor)s, holders = ARRAY(
    SELECT DISTINCT holder COLLATE "C" FROM unnest(array_replace(holders, %(old)s, %(new)s)) AS h (holder) ORDER BY 1)
WHERE customer_id = %(absorbed)s
"""

COUNT_TOGETHER = """
WITH gone AS (
    DELETE FROM promocodes_holderuse WHERE holder = %(old)s RETURNING promo_code_id, uses, last_order_ref
)
INSERT INTO promocodes_holderuse AS u (promo_code_id, holder, uses, last_order_ref)
SELECT promo_code_id, %(new)s, uses, last_order_ref FROM gone ORDER BY promo_code_id
ON CONFLICT (promo_code_id, holder) DO UPDATE SET uses = u.uses + EXCLUDED.uses
"""

NAME_THE_LAST = """
UPDATE promocodes_holderuse u SET last_order_ref = COALESCE((
    SELECT r.order_ref FROM promocodes_redemption r
    WHERE r.customer_id = %(survivor)s AND r.promo_code_id = u.promo_code_id AND r.released_at IS NULL
    ORDER BY r.id DESC LIMIT 1), u.last_order_ref)
WHERE u.holder = %(new)s AND u.uses > 0
"""
