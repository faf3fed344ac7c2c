"""`exec -- COMMAND`: a command with databases of its own, and nothing left of them afterwards."""

import contextlib
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.services import temporary_services

INTERRUPT_PATIENCE = 10.0
TERM_PATIENCE = 4.0
LEFT_BEHIND_PATIENCE = 2.0


def execute(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run `command` with `DATABASE_URL`, `REDIS_URL` and `SECRET_KEY` set; returns its exit code.

    Databases are started for those URLs that `environ` does not hold. Processes that the command
    leaves behind are ended too.
    """
    processes.adopt_orphans()
    # A shell starts background jobs with Ctrl-C ignored; whoever sends it all the same means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_exit)
    with temporary_services(environ) as services:
        prepared = {"LOYALTY_ENV": "test", "SECRET_KEY": secrets.token_urlsafe(48), **environ}
        try:
            return _run(command, prepared | services.environ)
        finally:
            _ignore_signals()
            _end_left_behind(except_pids={child.pid for child in services.children})


def _run(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """In our own process group, so that a debugger may use the terminal and Ctrl-C reaches it."""
    try:
        process = subprocess.Popen(command, env=dict(environ), preexec_fn=processes.die_with_parent(signal.SIGTERM))
    except FileNotFoundError as error:
        raise SupervisorError(f"there is no program {command[0]}") from error
    try:
        while True:
            try:
                code = process.wait()
                return code if code >= 0 else 128 - code
            except KeyboardInterrupt:
                _pass_on_interrupt(process)
    except SystemExit:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TERM_PATIENCE)
        raise
    finally:
        process.kill()
        process.wait()


def _pass_on_interrupt(process: subprocess.Popen[bytes]) -> None:
    """A terminal has sent Ctrl-C to the command itself; `kill -INT` of us has not."""
    if not _has_terminal():
        process.send_signal(signal.SIGINT)
    try:
        process.wait(INTERRUPT_PATIENCE)
    except subprocess.TimeoutExpired:
        process.terminate()


def _has_terminal() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def _raise_exit(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def _ignore_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _end_left_behind(*, except_pids: set[int | None]) -> None:
    """End what the command started and did not wait for: Linux has handed those to us."""
    deadline = time.monotonic() + LEFT_BEHIND_PATIENCE
    while left := set(processes.children_of(os.getpid())) - except_pids:
        number = signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL
        for pid in left:
            processes.send(pid, number)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)
