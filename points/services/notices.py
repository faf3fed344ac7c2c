"""Telling customers that points expire, 30 and 7 days before (PT-6)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from loyalty_site.kernel.transactions import requires_transaction
from notifications.services import queue_messages

# From so many days before on, until only so many are left: then it is the next notice's turn.
NOTICES = ((30, 7), (7, -1))


@requires_transaction
def queue_expiry_notices(*, now: datetime) -> int:
    """Queue what is due to be told, each day of expiry once per customer and notice. Returns how many are new.

    A day that the worker missed is told on the next one.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    return sum(
        queue_messages(
            kind="points_expiring",
            select=EXPIRING,
            params={
                "days": days,
                "zone": settings.TIME_ZONE,
                "after": max(now, _end_of(today + timedelta(days=left), zone)),
                "until": _end_of(today + timedelta(days=days), zone),
            },
            now=now,
        )
        for days, left in NOTICES
    )


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)


# The last moment before the end is the day that a reader counts with.
EXPIRING = """
SELECT 'points_expiring:' || %(days)s || ':customer:' || account_id || ':' || day, account_id,
       jsonb_build_object('points', points, 'expires_on', day, 'days', %(days)s)
FROM (
    SELECT account_id, ((expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AS day,
           sum(remaining) AS points
    FROM points_lot
    WHERE remaining > 0 AND expires_at > %(after)s AND expires_at <= %(until)s
    GROUP BY 1, 2
) lots
"""
