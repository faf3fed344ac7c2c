"""`/healthz` and `/readyz`, answered before anything that needs a host name, a session or a table."""

from collections.abc import Callable
from functools import lru_cache

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class HealthMiddleware:
    """First in the list: a probe by address is not stopped by ALLOWED_HOSTS or a redirect to HTTPS."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """200 when a request could be served, else 503; `checks` names what failed, never with what data."""
    checks = {"database": _check_database, "migrations": _check_migrations, "redis": _check_redis}
    results = {name: _result(name, check) for name, check in checks.items()}
    is_ready = all(result == "ok" for result in results.values())
    body = {"status": "ok" if is_ready else "unavailable", "checks": results}
    return JsonResponse(body, status=200 if is_ready else 503)


class NotReadyError(Exception):
    """A check that failed for a reason of our own; its text is safe to show."""


def _result(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as error:
        return str(error)
    except Exception as error:
        log.warning("not ready", check=name, reason=type(error).__name__)
        return "unreachable"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    """Tables only ever move forward under a running process, so a good answer is remembered."""
    if _Schema.is_current:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("unapplied")
    _Schema.is_current = True


class _Schema:
    is_current = False


def _check_redis() -> None:
    _redis().ping()


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    client: redis.Redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    return client
