"""Starts the supervisor as a user does, and makes sure that nothing of it outlives the test."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from loyalty_site.supervisor.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
SUPERVISOR = [sys.executable, "-m", "loyalty_site.supervisor"]
READY = re.compile(r"^ready: http://127\.0\.0\.1:(\d+)$", re.MULTILINE)


class Shop:
    """A supervisor that runs in the background, with its own port and folder, and an empty shop."""

    def __init__(self, folder: Path, *, port: int | None = None, **environ: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.output = folder.with_name(f"{folder.name}.{time.monotonic_ns()}.out")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*SUPERVISOR, "run"],
                cwd=PROJECT,
                env=_environ(PORT=str(self.port), STATE_DIR=str(folder), LOYALTY_ENV="dev", **{"DEMO": "0"} | environ),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_ready(self, seconds: float = 240) -> "Shop":
        wait_until(lambda: READY.search(self.said) or self.process.poll() is not None, seconds=seconds)
        assert READY.findall(self.said) == [str(self.port)], self.said
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal and wait; returns how long the end took."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(15)
        return time.monotonic() - started

    def processes(self) -> set[int]:
        """Everything that was started with this shop's folder or database in its environment."""
        return processes_of(self.folder)

    def connection_url(self) -> str:
        """The address of its database, from the environment of its web server."""
        environ = _environ_of(self.web_pid())
        return environ["DATABASE_URL"]

    def web_pid(self) -> int:
        return int(re.findall(r'"pid": (\d+)', (self.folder / "pids" / "web.json").read_text())[0])


def run_exec(*command: str, **environ: str) -> "subprocess.Popen[str]":
    """`exec -- COMMAND` in the background."""
    return subprocess.Popen(
        [*SUPERVISOR, "exec", "--", *command],
        cwd=PROJECT,
        env=_environ(**environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def manage(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py` as somebody types it who knows only the shop's folder."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=_environ(**environ),
        capture_output=True,
        text=True,
        check=True,
    )


def wait_until(is_so: Callable[[], object], *, seconds: float = 15) -> None:
    """Poll until something is true; fail when it does not come about."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def processes_of(folder: Path) -> set[int]:
    """Processes whose working folder, arguments or environment name `folder`."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            where = (entry / "cwd").readlink()
            if str(folder).encode() in words or where.is_relative_to(folder):
                found.add(int(entry.name))
    return found - {os.getpid()}


def _environ(**changes: str) -> dict[str, str]:
    """Ours without what would make the supervisor use the databases of this test run."""
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "STATE_DIR", "PORT", "MAKELEVEL", "LOYALTY_ENV"}
    return {name: value for name, value in os.environ.items() if name not in ours} | changes


def _environ_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)
