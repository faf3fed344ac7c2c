"""A customer whose every trace carries a mark, and the search for it in all there is."""

from typing import Any

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

MARK = "Щукамарк"
LATIN = "markpike"


def places_of(*marks: str) -> list[str]:
    """`table.column` of every column of every table that holds one of the marks, whatever its type."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE ANY(%s)',
                [[f"%{mark}%" for mark in marks]],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    # Sessions are packed: what is inside is read as the site reads it.
    for session in Session.objects.all():
        if any(mark.lower() in str(session.get_decoded()).lower() for mark in marks):
            found.append("django_session (unpacked)")
    return sorted({*found, *_in_redis(marks)})


def _in_redis(marks: tuple[str, ...]) -> list[str]:
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    found = []
    for key in client.scan_iter():
        texts = [key, client.dump(key) or b""]
        if any(mark.lower().encode() in text.lower() for mark in marks for text in texts):
            found.append(f"redis {key!r}")
    return found


COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
ORDER BY 1, 2
"""
