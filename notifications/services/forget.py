"""What messages forget of a person (CU-4): what they would have said. That there was one stays."""

from datetime import datetime

from customers.models import Customer
from loyalty_site.kernel.forgetting import changed
from loyalty_site.kernel.transactions import requires_transaction
from notifications.models import OutboxMessage


@requires_transaction
def forget_messages(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. What waits, or is in a worker's hands, ends as skipped."""
    params = {"customer": customer.pk, "now": now, "reason": OutboxMessage.SkipReason.NO_ADDRESS}
    changed(SKIP, params)
    return {"notifications_outboxmessage": changed(FORGET, params)}


SKIP = """
UPDATE notifications_outboxmessage
SET next_try_at = NULL, claimed_at = NULL, skipped_at = %(now)s, skip_reason = %(reason)s
WHERE customer_id = %(customer)s AND next_try_at IS NOT NULL
"""
FORGET = """
UPDATE notifications_outboxmessage SET payload = '{}'::jsonb, error_code = ''
WHERE customer_id = %(customer)s AND (payload <> '{}'::jsonb OR error_code <> '')
"""
