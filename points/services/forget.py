"""What points do when a customer is forgotten (CU-4): what is left is withdrawn, so that the sums keep adding up."""

from datetime import datetime

from customers.models import Customer
from loyalty_site.kernel.forgetting import Forgets, changed, forget
from loyalty_site.kernel.transactions import requires_transaction
from points.models import PendingAdjustment
from points.services.posting import lock_account

# A code, said in words where the ledger is shown.
ERASED = "by:erasure"
HISTORY = (
    Forgets(
        table="points_pendingadjustmentevent",
        rows="r.pgh_obj_id IN (SELECT id FROM points_pendingadjustment WHERE customer_id = ANY(%(keys)s))",
        blanks={"reason": ""},
    ),
)


@requires_transaction
def forget_points(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. A debt stays as it is: nobody will pay it, and the sums need it."""
    withdrawn = 0
    if lock_account(customer.pk) is not None:
        withdrawn = changed(WITHDRAW, {"account": customer.pk, "now": now, "reason": ERASED})
    return {
        "points_lot": withdrawn,
        "points_entry": changed(FORGET_REASONS, {"account": customer.pk}),
        "points_pendingadjustment": PendingAdjustment.objects.filter(customer=customer.pk).update(reason=""),
        **forget(HISTORY, [customer.pk]),
    }


WITHDRAW = """
WITH left_over AS MATERIALIZED (
    SELECT id, account_id, remaining FROM points_lot WHERE account_id = %(account)s AND remaining > 0
), swept AS (
    UPDATE points_lot l SET remaining = 0 FROM left_over o WHERE l.id = o.id RETURNING l.id
)
INSERT INTO points_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
SELECT o.account_id, o.id, 'expire', -o.remaining, 'erase:lot:' || o.id || ':' || (%(now)s AT TIME ZONE 'UTC'),
       1, '', %(reason)s, %(now)s
FROM left_over o JOIN swept s ON s.id = o.id
"""
# What staff or an integration wrote may tell of the person; the programme's own entries have no such words.
FORGET_REASONS = """
UPDATE points_entry SET reason = ''
WHERE account_id = %(account)s AND (author_id IS NOT NULL OR kind = 'adjust') AND reason <> ''
"""
