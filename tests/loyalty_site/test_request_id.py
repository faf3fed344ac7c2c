"""One id through answer, log lines and tasks; log lines are JSON without personal data."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory

from loyalty_site.logging import logging_settings
from loyalty_site.task_context import current_request_id


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the site would print, at level INFO."""
    from logging.config import DictConfigurator

    settings = DictConfigurator(logging_settings("INFO"))
    formatter = settings.configure_formatter(logging_settings("INFO")["formatters"]["json"])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(logging_settings("INFO")["filters"]["hide_path"]["()"]())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    structlog.contextvars.clear_contextvars()
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def _events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_well_formed_id_is_kept(client: Client) -> None:
    assert client.get("/nowhere", headers={"X-Request-ID": "till-7.0042_a"})["X-Request-ID"] == "till-7.0042_a"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space in", "новый-номер", "a@example.com", 'quo"tes-1'])
def test_malformed_id_is_replaced(given: str, client: Client) -> None:
    answered = client.get("/nowhere", headers={"X-Request-ID": given})["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", answered)


@pytest.mark.django_db
def test_request_is_logged_by_route_without_its_query(client: Client, lines: io.StringIO) -> None:
    client.get("/metrics?promo=SUMMER5", headers={"X-Request-ID": "till-0001"})
    client.get("/admin/?email=a@example.com", headers={"X-Request-ID": "till-0002"})
    (event,) = [event for event in _events(lines) if event["event"] == "request"]
    assert "example.com" not in lines.getvalue()
    assert {name: event[name] for name in ("request_id", "method", "route", "level")} == {
        "request_id": "till-0002",
        "method": "GET",
        "route": "admin/",
        "level": "info",
    }


def test_failed_request_is_logged_without_its_path(lines: io.StringIO, rf: RequestFactory) -> None:
    request = rf.get("/api/v1/promocodes/SUMMER5")
    try:
        raise BadRequest("code=SUMMER5 for a@example.com")
    except BadRequest:
        logging.getLogger("django.request").error(
            "%s: %s", "Internal Server Error", request.path, extra={"request": request}, exc_info=True
        )
    (event,) = _events(lines)
    assert event["event"] == "Internal Server Error: "
    assert "BadRequest: code=[hidden] for [email]" in str(event["exception"])
    assert "SUMMER5" not in str(event["event"])


@pytest.mark.slow
def test_task_inherits_the_id_of_its_request() -> None:
    app = Celery("t", broker="memory://", backend="cache+memory://")
    seen: list[str | None] = []

    @app.task(name="t.remember")
    def remember() -> None:
        seen.append(current_request_id())

    structlog.contextvars.bind_contextvars(request_id="till-0003")
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="WARNING"):
        task = remember.apply_async(task_id="11")
        structlog.contextvars.clear_contextvars()
        task.get(timeout=10)
    assert seen == ["till-0003"]


def test_task_called_here_keeps_the_id(lines: io.StringIO) -> None:
    app = Celery("t", broker="memory://", backend="cache+memory://")
    seen: list[str | None] = []

    @app.task(name="t.look")
    def look() -> None:
        seen.append(current_request_id())
        structlog.get_logger("t").info("looked")

    look.apply(headers={"request_id": "till-0004"}, task_id="12")
    look.apply(task_id="13")
    assert seen == ["till-0004", "13"]
    assert [(e["request_id"], e["task_id"], e["task"]) for e in _events(lines) if e["event"] == "looked"] == [
        ("till-0004", "12", "t.look"),
        ("13", "13", "t.look"),
    ]
    assert current_request_id() is None
