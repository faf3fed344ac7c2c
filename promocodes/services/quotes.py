"""Counting quotes for the usage report (PC-21)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import QuoteRollUp
from promocodes.tallies import Tally, note_quote

REMEMBERED = timedelta(days=30)


def count_quote(*, promo_code_id: int | None, channel: str, outcome: str, now: datetime) -> None:
    """Note that a code was tried; `outcome` is `applied` or the reason it was not.

    Goes to Redis only, so no transaction is asked for; never raises and never fails a quote.
    """
    note_quote(promo_code_id, timezone.localtime(now).date(), channel, outcome)


@requires_transaction
def add_tallies(*, name: str, tallies: Sequence[Tally], now: datetime) -> bool:
    """Add one heap of counted quotes to the daily tallies, exactly once; False when `name` was added before."""
    _heap, is_new = QuoteRollUp.objects.get_or_create(name=name, defaults={"rolled_at": now})
    if not is_new:
        return False
    QuoteRollUp.objects.filter(rolled_at__lt=now - REMEMBERED).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "codes": [tally.promo_code_id for tally in tallies],
                "days": [tally.day for tally in tallies],
                "channels": [tally.channel for tally in tallies],
                "outcomes": [tally.outcome for tally in tallies],
                "counts": [tally.count for tally in tallies],
            },
        )
    return True


ADD = """
INSERT INTO promocodes_quotetally AS q (promo_code_id, day, channel, outcome, count)
SELECT n.code, n.day, n.channel, n.outcome, sum(n.count)
FROM unnest(%(codes)s::bigint[], %(days)s::date[], %(channels)s::varchar[], %(outcomes)s::varchar[],
            %(counts)s::integer[]) AS n (code, day, channel, outcome, count)
WHERE n.code IS NULL OR EXISTS (SELECT FROM promocodes_promocode c WHERE c.id = n.code)
GROUP BY n.code, n.day, n.channel, n.outcome
ORDER BY n.code, n.day, n.channel, n.outcome
ON CONFLICT (promo_code_id, day, channel, outcome) DO UPDATE SET count = q.count + EXCLUDED.count
"""
