"""A program that the supervisor keeps running."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.account import Account
from loyalty_site.supervisor.errors import SupervisorError

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
LOG_TAIL_LINES = 15


@dataclass(frozen=True)
class Program:
    """What to run, where its output goes, and how it likes to be stopped."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    pid_file: Path
    cwd: Path
    account: Account | None = None
    stop_signals: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 5.0),)
    prepare: Callable[[], None] = field(default=lambda: None)


class Child:
    """One run of a program after another, with longer pauses while it keeps dying."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.restart_at: float | None = None
        self._started_at = 0.0
        self._pause = 1.0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start the program in a session of its own; it is told when we die."""
        program = self.program
        program.prepare()
        program.log.parent.mkdir(parents=True, exist_ok=True)
        drop = program.account.popen_arguments() if program.account else {}
        with program.log.open("ab") as log:
            self.process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.cwd,
                env=dict(program.environ),
                start_new_session=True,
                preexec_fn=processes.die_with_parent(program.stop_signals[0][0]),
                **drop,
            )
        processes.record(program.pid_file, self.process.pid)
        self._started_at = time.monotonic()
        self.restart_at = None

    def exit_code(self) -> int | None:
        """How it ended; None while it runs or was never started."""
        return self.process.poll() if self.process else None

    def plan_restart(self) -> float:
        """Decide when a dead program is started again; returns the pause in seconds."""
        if time.monotonic() - self._started_at > STEADY_AFTER:
            self._pause = 1.0
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        self.restart_at = time.monotonic() + pause
        return pause

    def stop(self) -> None:
        """Stop it and everything in its process group."""
        stop_all([self])

    def log_tail(self) -> str:
        """The last lines it wrote, for a message that explains why it did not start."""
        try:
            lines = self.program.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines[-LOG_TAIL_LINES:])


def stop_all(children: Sequence[Child]) -> None:
    """Ask all at once to stop, press harder on those that linger, then sweep their groups."""
    asked_at = time.monotonic()
    for child in children:
        if child.exit_code() is None and child.pid is not None:
            processes.send(child.pid, child.program.stop_signals[0][0])
    for child in children:
        _finish_stop(child, asked_at)


def _finish_stop(child: Child, asked_at: float) -> None:
    process, program = child.process, child.program
    if process is None:
        return
    (_, patience), *harder = program.stop_signals
    is_gone = _ends_within(process, asked_at + patience - time.monotonic())
    for number, seconds in (*harder, (signal.SIGKILL, 2.0)):
        if not is_gone:
            processes.send(process.pid, number)
            is_gone = _ends_within(process, seconds)
    processes.send(process.pid, signal.SIGKILL, group=True)
    program.pid_file.unlink(missing_ok=True)
    child.process = None


def wait_until(child: Child, is_ready: Callable[[], bool], *, seconds: float) -> None:
    """Wait for a started program to be ready.

    Raises SupervisorError with the end of its log when it exits or takes too long.
    """
    deadline = time.monotonic() + seconds
    while not is_ready():
        if child.exit_code() is not None or time.monotonic() > deadline:
            what = "stopped at once" if child.exit_code() is not None else f"silent for {seconds:.0f} s"
            tail = child.log_tail()
            hint = "\n  The disk is full." if "No space left on device" in tail else ""
            name, log = child.program.name, os.path.relpath(child.program.log)
            raise SupervisorError(f"{name} did not start ({what}).{hint}\n  The end of {log}:\n{tail}")
        time.sleep(0.02)


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(max(seconds, 0.01))
    except subprocess.TimeoutExpired:
        return False
    return True
