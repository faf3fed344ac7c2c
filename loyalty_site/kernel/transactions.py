"""Transactions: services demand one, edges open one around one service call.

No network may happen inside; tasks are started with `transaction.on_commit`.
"""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

# deadlock_detected, serialization_failure: running the same work again is safe and expected.
RETRIED_SQLSTATES = {"40P01", "40001"}


class NoTransaction(RuntimeError):
    """A service was called outside a transaction: a mistake in an edge."""


class ChangedMeanwhile(RuntimeError):
    """What was to be locked has become another row while it was waited for: the same work is run again."""


def requires_transaction(service: Callable[P, R]) -> Callable[P, R]:
    """Fail loudly when the edge forgot to open a transaction."""

    @functools.wraps(service)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            raise NoTransaction(f"{service.__qualname__} must run inside a transaction.")
        return service(*args, **kwargs)

    return checked


def in_transaction(work: Callable[[], R], *, attempts: int = 3) -> R:
    """Run `work` in one transaction; run it again after a deadlock and ChangedMeanwhile, `attempts` times in all.

    Inside an open transaction it is plain nesting without retry: the outer edge owns the retry.
    """
    if connection.in_atomic_block:
        return work()
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic(using=DEFAULT_DB_ALIAS):
                return work()
        except ChangedMeanwhile:
            if attempt == attempts:
                raise
        except OperationalError as error:
            sqlstate = getattr(error.__cause__, "sqlstate", None)
            if attempt == attempts or sqlstate not in RETRIED_SQLSTATES:
                raise
        time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")
