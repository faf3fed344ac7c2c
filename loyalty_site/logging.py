"""JSON logs, one object a line, each with the id of the request or task it belongs to."""

import logging
from typing import Any

import structlog

from loyalty_site.scrubbing import scrub

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
RENDER: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    scrub,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]


class HidePath(logging.Filter):
    """Django names the path of a failed request, and a path may hold a code: the route says enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and len(record.args) > 1:
            record.args = (record.args[0], route_of(request), *record.args[2:])
        return True


def route_of(request: Any) -> str:
    """The pattern that matched, such as `api/v1/orders/<number>`; empty when none did."""
    match = getattr(request, "resolver_match", None)
    return match.route if match else ""


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stdout through one formatter."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": RENDER,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"hide_path": {"()": HidePath}},
        "formatters": {"json": formatter},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
                "filters": ["hide_path"],
            }
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # What a visitor got wrong is in the request's own line; here only what we got wrong.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


def configure_structlog() -> None:
    """Send structlog's own loggers the same way as the standard ones."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
