"""Limits on how often something may happen: atomic in Redis, open when Redis is down.

DRF's throttle reads, then writes, and lets bursts through; these are one Lua script each.
"""

import functools
import logging
import time

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

# Sliding window: the moments of the last `limit` events. Returns 1 when this one was still within the limit.
NOTE = """
local now = redis.call('TIME')
local moment = now[1] * 1000000 + now[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', moment - ARGV[1] * 1000000)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], moment, string.format('%.0f', moment) .. ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
# How many events of the last `seconds` are remembered.
COUNT = """
local now = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1], now[1] * 1000000 + now[2] - ARGV[1] * 1000000, '+inf')
"""
# GCRA: the theoretical arrival time of the next request. Returns 0 or milliseconds to wait.
TAKE = """
local now = redis.call('TIME')
local moment = now[1] * 1000 + now[2] / 1000
local step = 1000 / tonumber(ARGV[1])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), moment)
local wait = due - moment - step * (tonumber(ARGV[2]) - 1)
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', due + step), 'PX', math.ceil(due + step - moment))
return 0
"""

PAUSE_AFTER_FAILURE = 5.0
_closed_until = 0.0


@functools.cache
def _client() -> "redis.Redis":
    """One retry without a pause, for a connection that has gone stale; the library's own would take seconds."""
    retry = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.25, retry=retry)


def note_event(name: str, *, limit: int, seconds: int) -> bool:
    """Remember one event; False when `limit` events of the last `seconds` were there already."""
    return _run(NOTE, name, seconds, limit, str(time.perf_counter_ns()), otherwise=1) == 1


def is_used_up(name: str, *, limit: int, seconds: int) -> bool:
    """True while `limit` events of the last `seconds` are remembered. Changes nothing."""
    return _run(COUNT, name, seconds, otherwise=0) >= limit


def seconds_to_wait(name: str, *, per_second: float, burst: int) -> float:
    """Take one of `burst` permits that come back `per_second`: 0.0, or the seconds until one is free."""
    return _run(TAKE, name, per_second, burst, otherwise=0) / 1000


def _run(script: str, name: str, *arguments: float | str, otherwise: int) -> int:
    """Run one script on one key. Without Redis: `otherwise`, and for a while nobody asks again."""
    global _closed_until  # noqa: PLW0603
    if time.monotonic() < _closed_until:
        return otherwise
    try:
        return int(_client().register_script(script)(keys=[f"limit:{name}"], args=arguments))
    except redis.RedisError:
        _closed_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("limits_open_without_redis", exc_info=True)
        return otherwise
