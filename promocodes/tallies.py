"""Quotes counted in Redis while people shop (PC-21): a quote itself writes nothing to the database (Q-7).

One hash holds what was counted since the last roll-up. Rolling up renames it, so that nothing counted
meanwhile is lost.
Counting is best effort: without Redis a quote is answered all the same, and not counted.
"""

import functools
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

LIVE = "promocodes:quotes"
TAKEN = "promocodes:quotes:taken:"
PAUSE_AFTER_FAILURE = 5.0
_closed_until = 0.0


@dataclass(frozen=True)
class Tally:
    """One line of counted quotes; `promo_code_id` is None for strings that are no code."""

    promo_code_id: int | None
    day: date
    channel: str
    outcome: str
    count: int


def note_quote(promo_code_id: int | None, day: date, channel: str, outcome: str) -> None:
    """Count one quote. Never raises; after a failure Redis is left alone for some seconds."""
    global _closed_until  # noqa: PLW0603
    if time.monotonic() < _closed_until:
        return
    try:
        _client().hincrby(LIVE, f"{promo_code_id or ''}|{day.isoformat()}|{channel[:16]}|{outcome[:32]}", 1)
    except (redis.RedisError, OSError):
        _closed_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("quote_not_counted")


def take_tallies() -> dict[str, list[Tally]]:
    """Set aside what was counted so far; by the name of each heap, those an earlier run left behind included."""
    try:
        _client().rename(LIVE, TAKEN + uuid.uuid4().hex)
    except redis.ResponseError:
        log.debug("no_quotes_counted")
    names = sorted(name.decode() for name in _client().scan_iter(match=TAKEN + "*"))
    return {name.removeprefix(TAKEN): _tallies(_client().hgetall(name)) for name in names}


def forget_tallies(name: str) -> None:
    """Throw one heap away once it is in the database."""
    _client().delete(TAKEN + name)


def _tallies(counted: Mapping[Any, Any]) -> list[Tally]:
    found = []
    for field, count in counted.items():
        code, day, channel, outcome = field.decode().split("|", 3)
        found.append(Tally(int(code) if code else None, date.fromisoformat(day), channel, outcome, int(count)))
    return found


@functools.cache
def _client() -> "redis.Redis":
    """One retry without a pause, for a connection that has gone stale; the library's own would take seconds."""
    retry = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.2, retry=retry)
