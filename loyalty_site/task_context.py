"""What a Celery task inherits: the id of the request that started it, and the logging of the site."""

import logging.config
from typing import Any

import structlog
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

HEADER = "request_id"


def current_request_id() -> str | None:
    """The id of the request or task that is being worked on."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


@before_task_publish.connect
def send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the id of the current request into the message of a task."""
    request_id = current_request_id()
    if headers is not None and request_id:
        headers[HEADER] = request_id


@task_prerun.connect
def take_over(task: Any, task_id: str, **_: Any) -> None:
    """Name the request, or else the task itself, in each line that the task logs."""
    # A message from the queue brings its headers as fields of the request, a local call in one.
    request_id = getattr(task.request, HEADER, None) or (task.request.headers or {}).get(HEADER) or task_id
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, task_id=task_id, task=task.name)


@task_postrun.connect
def let_go(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()


@setup_logging.connect
def log_like_the_site(**_: Any) -> None:
    """Answering this signal keeps Celery from putting its own, plain-text logging in place."""
    from django.conf import settings

    from loyalty_site.logging import configure_structlog

    logging.config.dictConfig(settings.LOGGING)
    configure_structlog()
