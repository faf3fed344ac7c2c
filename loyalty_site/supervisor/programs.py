"""The programs of the site itself: web, worker, beat, and Django's own commands."""

import contextlib
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.assets import fingerprint_of
from loyalty_site.supervisor.child import LOG_TAIL_LINES, Program
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.ports import LOOPBACK
from loyalty_site.supervisor.state import PROJECT, StateDir

CELERY = ("-m", "celery", "--quiet", "-A", "loyalty_site")
WEB = ("-m", "gunicorn", "-c", "python:loyalty_site.gunicorn", "loyalty_site.wsgi")
WORKER = (
    *CELERY,
    "worker",
    "--concurrency=2",
    "-Ofair",
    "--prefetch-multiplier=1",
    "--without-gossip",
    "--without-mingle",
    "--loglevel=INFO",
)
BEAT = (
    *CELERY,
    "beat",
    "--scheduler=django_celery_beat.schedulers:DatabaseScheduler",
    "--pidfile=",
    "--loglevel=INFO",
)
PATIENCE = ((signal.SIGTERM, 4.0),)


def site_programs(state: StateDir, environ: Mapping[str, str]) -> list[Program]:
    """Web, worker and beat, as they run beside each other."""
    arguments = {"web": WEB, "worker": WORKER, "beat": BEAT}
    return [
        Program(
            name=name,
            command=[sys.executable, *command],
            environ=environ,
            log=state.logs / f"{name}.log",
            pid_file=state.pids / f"{name}.json",
            cwd=PROJECT,
            stop_signals=PATIENCE,
        )
        for name, command in arguments.items()
    ]


class Command:
    """One of Django's commands on its way; what it says on stderr is shown as it comes."""

    def __init__(self, *arguments: str, environ: Mapping[str, str]) -> None:
        self.name = arguments[0]
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )

    def output(self) -> str:
        """Wait for the end and give what it printed. Raises SupervisorError when it failed."""
        try:
            printed, _ = self._process.communicate()
        except BaseException:
            self.stop()
            raise
        if self._process.returncode:
            tail = "\n".join(printed.splitlines()[-LOG_TAIL_LINES:])
            raise SupervisorError(f"manage.py {self.name} failed\n{tail}")
        return printed

    def stop(self) -> None:
        """End it if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._process.kill()
            self._process.wait()


def schema_fingerprint() -> str:
    """Changes with every migration, ours or a dependency's."""
    files = [path for path in PROJECT.glob("*/migrations/*.py") if not path.name.startswith("_")]
    return fingerprint_of([*files, PROJECT / "requirements" / "base.lock"])


def answers_ready(port: int) -> bool:
    """Whether the site says that it could serve a request now."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def forget_old_metrics(folder: Path) -> None:
    """Counters of workers that are gone must not be added to those of the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
