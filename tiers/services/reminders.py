"""Telling customers that a paid membership ends (T-5)."""

from datetime import datetime, timedelta

from django.conf import settings

from loyalty_site.kernel.transactions import requires_transaction
from notifications.services import queue_messages

REMIND_BEFORE = timedelta(days=7)


@requires_transaction
def queue_membership_reminders(*, now: datetime) -> int:
    """Remind, once for each end, who has not renewed a week before it. Returns how many reminders are new.

    A day that the worker missed is made up for on the next one.
    """
    return queue_messages(
        kind="membership_ending",
        select=ENDING,
        params={"after": now, "until": now + REMIND_BEFORE, "zone": settings.TIME_ZONE},
        now=now,
    )


# The last moment before the end is the day that a reader counts with.
ENDING = """
SELECT 'membership_ending:' || m.id || ':' || extract(epoch FROM m.ends_at), m.customer_id,
       jsonb_build_object('plan', p.code, 'tier', t.code,
                          'ends_on', ((m.ends_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date)
FROM tiers_membership m JOIN tiers_membershipplan p ON p.id = m.plan_id JOIN tiers_tier t ON t.id = m.tier_id
WHERE m.refunded_at IS NULL AND m.starts_at <= %(after)s AND m.ends_at > %(after)s AND m.ends_at <= %(until)s
  AND NOT EXISTS (SELECT FROM tiers_membership later WHERE later.customer_id = m.customer_id
                  AND later.tier_id = m.tier_id AND later.refunded_at IS NULL AND later.starts_at >= m.ends_at)
"""
