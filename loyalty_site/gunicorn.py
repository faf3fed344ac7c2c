"""Gunicorn's settings, for `make run` and for production alike."""

import os
from typing import Any

from loyalty_site.logging import logging_settings

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Longer than a proxy keeps an idle connection, so that it is the proxy who closes it.
keepalive = 75
timeout = 60
graceful_timeout = 4
control_socket_disable = True
logconfig_dict = logging_settings(level="INFO") | {
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}}
}
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def child_exit(server: Any, worker: Any) -> None:
    """Let /metrics forget the gauges of a worker that is gone."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
