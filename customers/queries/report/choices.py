"""What the report can be narrowed to."""

from django.db import connection

from customers.models import Segment


def channels_known() -> list[str]:
    """Channels of the latest purchases and of the table's statistics: reading all of them would take seconds."""
    with connection.cursor() as cursor:
        cursor.execute(CHANNELS)
        return [channel for (channel,) in cursor.fetchall()]


def segments_known() -> list[Segment]:
    known = Segment.objects.filter(archived_at=None).defer("rule", "note")
    return sorted(known, key=lambda segment: segment.title.lower())


CHANNELS = """
SELECT channel FROM (SELECT channel FROM customers_purchase ORDER BY id DESC LIMIT 5000) AS latest
UNION
SELECT unnest(most_common_vals::text::text[]) FROM pg_stats
WHERE schemaname = current_schema() AND tablename = 'customers_purchase' AND attname = 'channel'
ORDER BY 1
"""
