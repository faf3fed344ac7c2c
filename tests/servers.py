"""The product's own server beside the tests: gunicorn on a free port, on the tests' database."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from django.db import connection

STARTS_WITHIN = 60


@contextlib.contextmanager
def http_server(*, workers: int = 2, threads: int = 4, **environment: str) -> Iterator[str]:
    """The address of a running server, such as http://127.0.0.1:41234."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", "loyalty_site.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": _database_url(), **environment})
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _database_url() -> str:
    """The database that the tests use, which is not the one in the environment."""
    database = connection.settings_dict
    user = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    return f"postgres://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def _wait_until_ready(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("The server ended before it was ready.")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/v1/", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError("The server was not ready in time.")
