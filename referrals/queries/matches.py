"""What was found about referrals: whom else their newcomers are, and how they came in numbers (R-5)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from referrals.queries.matches_sql import SIGNALS
from referrals.rules.score import Facts, Signal

# Of one value so many holders are looked at, the first of them: accounts opened afterwards hide nobody. Of a network
# the newest; who shares it with more is not told apart from many.
HOLDERS, NETWORK_HOLDERS = 100, 40
# With more strangers than this a value is common: a house has a dozen of accounts at most, an office's network more.
COMMON_FROM, COMMON_NETWORK_FROM = 10, 30
# Referrers above the newcomer that are looked at.
CHAIN = 10


def matches(referral_ids: Sequence[int], *, burst_count: int, now: datetime) -> dict[int, Facts]:
    """By referral, only those with anything suspicious. One statement, of look-ups in indexes, for however many."""
    if not referral_ids:
        return {}
    params = {
        "referrals": list(referral_ids),
        "holders": HOLDERS,
        "network_holders": NETWORK_HOLDERS,
        "common": COMMON_FROM,
        "common_network": COMMON_NETWORK_FROM,
        "chain": CHAIN,
        "burst": burst_count,
        "now": now,
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(SIGNALS, params)
        rows = cursor.fetchall()
    signals: dict[int, list[Signal]] = defaultdict(list)
    limits: dict[int, tuple[int, int]] = {}
    for referral_id, key, kind, count, is_common, day_limit, month_limit in rows:
        signals[referral_id].append(Signal(key, kind, count, is_common))
        limits[referral_id] = (day_limit, month_limit)
    return {referral_id: Facts(tuple(found), *limits[referral_id]) for referral_id, found in signals.items()}
