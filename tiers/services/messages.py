"""What customers are told of their tier (N-2), each event once."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from notifications.services import queue_messages


def tell_of_changes(changes: Sequence[int], *, now: datetime) -> None:
    """`changes`: keys of TierChange."""
    if changes:
        queue_messages(kind="tier_changed", select=CHANGED, params={"changes": list(changes)}, now=now)


def tell_of_lapses(customers: Sequence[int], *, now: datetime) -> None:
    """To customers whose standing has just been given its `lapses_at`."""
    if customers:
        params = {"customers": list(customers), "zone": settings.TIME_ZONE}
        queue_messages(kind="tier_lapsing", select=LAPSING, params=params, now=now)


CHANGED = """
SELECT 'tier_changed:' || c.id, c.customer_id,
       jsonb_build_object('from', old.code, 'to', new.code, 'cause', c.cause, 'order', c.order_ref)
FROM tiers_tierchange c JOIN tiers_tier new ON new.id = c.to_tier_id LEFT JOIN tiers_tier old ON old.id = c.from_tier_id
WHERE c.id = ANY(%(changes)s)
"""

# Told again only when the tier was kept meanwhile and is to be lost anew: then it lapses at another moment.
LAPSING = """
SELECT 'tier_lapsing:customer:' || s.customer_id || ':' || extract(epoch FROM s.lapses_at), s.customer_id,
       jsonb_build_object('tier', t.code, 'lapses_on', (s.lapses_at AT TIME ZONE %(zone)s)::date)
FROM tiers_standing s JOIN tiers_tier t ON t.id = s.tier_id
WHERE s.customer_id = ANY(%(customers)s) AND s.lapses_at IS NOT NULL
"""
