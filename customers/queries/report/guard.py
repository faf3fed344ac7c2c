"""A report that would keep a page waiting is given up, and memory enough to group many customers is given to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

SECONDS = 60
MEMORY = "256MB"


class TooSlow(Exception):
    """The report took longer than it may."""


@contextmanager
def within_time(*, seconds: int = SECONDS) -> Iterator[None]:
    """Reads inside see one moment and end after `seconds` each. Raises TooSlow."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(LIMITS, [f"{seconds}s", MEMORY])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise


LIMITS = """
SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true), set_config('jit', 'off', true)
"""
