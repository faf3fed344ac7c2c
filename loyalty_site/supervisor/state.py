"""The folder that holds everything one running shop owns: data, secrets, logs."""

import contextlib
import fcntl
import os
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.errors import SupervisorError

PROJECT = Path(__file__).resolve().parents[2]
LOCK_PATIENCE = 11.0
LARGEST_LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class StateDir:
    """`STATE_DIR`; two shops on one machine have one each."""

    path: Path

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "StateDir":
        return cls((PROJECT / (environ.get("STATE_DIR") or ".run")).resolve())

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def pids(self) -> Path:
        return self.path / "pids"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder alone; a supervisor that is just stopping is waited for.

        Raises SupervisorError when another keeps it, or when it cannot be written.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self.path / "lock").open("a+")
        except OSError as error:
            raise SupervisorError(f"STATE_DIR {self.path} cannot be written: {error.strerror}") from error
        with file:
            self._wait_for_lock(file.fileno())
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
            yield

    def secret(self, name: str) -> str:
        """A password or key made at the first start and kept for the owner's eyes."""
        path = self.path / "secrets" / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            fresh.rename(path)
        return path.read_text()

    def end_leftovers(self) -> list[str]:
        """End what a killed supervisor left running here; returns the names."""
        patience = ((signal.SIGTERM, 2.0), (signal.SIGQUIT, 2.0))
        return [
            path.stem
            for path in sorted(self.pids.glob("*.json"), reverse=True)
            if processes.end_recorded(path, signals=patience)
        ]

    def rotate_logs(self) -> None:
        """Set a log that has grown large aside, one generation back."""
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))

    def _wait_for_lock(self, file: int) -> None:
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    owner = (self.path / "lock").read_text().strip() or "another"
                    raise SupervisorError(
                        f"STATE_DIR {self.path} is in use by process {owner}: stop it, "
                        "or name another folder and port: make run STATE_DIR=.run-2 PORT=8001"
                    ) from None
                time.sleep(0.1)
            else:
                return
