"""The databases that are started when none are named in the environment."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loyalty_site.supervisor import postgres, processes, valkey
from loyalty_site.supervisor.child import Child, stop_all, wait_until
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.ports import free_port

TEMPORARY_PREFIX = "loyalty-test-"
START_TRIES = 3
LEAST_FREE_BYTES = 200 * 1024 * 1024

Secret = Callable[[str], str]
Say = Callable[[str], contextlib.AbstractContextManager[None]]


@dataclass
class Services:
    """What runs, and the environment that leads to it."""

    environ: dict[str, str] = field(default_factory=dict)
    postgres_data: Path | None = None
    children: list[Child] = field(default_factory=list)

    def stop(self) -> None:
        stop_all(self.children)
        self.children.clear()


def start_services(
    home: Path,
    *,
    environ: Mapping[str, str],
    is_durable: bool,
    secret: Secret = lambda name: "",
    say: Say = lambda text: contextlib.nullcontext(),
) -> Services:
    """Start PostgreSQL and Valkey under `home`, except those that `environ` names already.

    `secret(name)` gives a lasting secret, or "" to trust everyone on this machine;
    `say(text)` wraps a step that may take a while.
    """
    services = Services()
    home.mkdir(parents=True, exist_ok=True)
    _demand_room(home)
    try:
        if not environ.get("DATABASE_URL"):
            _start_postgres(services, home, is_durable, secret, say)
        if not environ.get("REDIS_URL"):
            _start_valkey(services, home, is_durable, secret)
    except BaseException:
        services.stop()
        raise
    return services


@contextlib.contextmanager
def temporary_services(environ: Mapping[str, str]) -> Iterator[Services]:
    """Throw-away databases for as long as the block runs.

    `STATE_DIR` in their environment is a folder that is removed at the end.
    """
    parent = environ.get("STATE_DIR")
    if parent:
        Path(parent).mkdir(parents=True, exist_ok=True)
    _sweep_abandoned(Path(parent or tempfile.gettempdir()))
    home = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent))
    processes.record(home / "owner.json", os.getpid())
    try:
        services = start_services(home, environ=environ, is_durable=False)
        try:
            (home / "state" / "static").mkdir(parents=True)
            services.environ["STATE_DIR"] = str(home / "state")
            yield services
        finally:
            services.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _start_postgres(services: Services, home: Path, is_durable: bool, secret: Secret, say: Say) -> None:
    cluster = postgres.cluster_at(home, secret=secret, is_durable=is_durable)
    is_new = not cluster.is_initialised
    if is_new:
        with say("making the database"):
            postgres.clear_stale_server(cluster.data)
            postgres.initialise(cluster)

    def attempt() -> Child:
        nonlocal cluster
        cluster = cluster.on_port(free_port())
        child = Child(postgres.program_of(cluster))
        services.children.append(child)
        child.start()
        # After a crash it replays its journal first, which may take a while.
        wait_until(child, lambda: postgres.is_ready(cluster, child), seconds=120)
        return child

    _start_with_retries(services, attempt)
    if is_new:
        postgres.create_database(cluster)
    services.environ["DATABASE_URL"] = cluster.url
    services.postgres_data = cluster.data


def _start_valkey(services: Services, home: Path, is_durable: bool, secret: Secret) -> None:
    def attempt() -> Child:
        server = valkey.Valkey(
            data=home / "valkey",
            log=home / "logs" / "valkey.log",
            pid_file=home / "pids" / "valkey.json",
            port=free_port(),
            password=secret("valkey.password"),
            is_durable=is_durable,
        )
        child = Child(valkey.program_of(server))
        services.children.append(child)
        child.start()
        wait_until(child, lambda: valkey.is_ready(server), seconds=30)
        services.environ["REDIS_URL"] = server.url
        return child

    _start_with_retries(services, attempt)


def _start_with_retries(services: Services, attempt: Callable[[], Child]) -> None:
    """Another program may take a free port between our look and our start: then take another."""
    for left in reversed(range(START_TRIES)):
        try:
            attempt()
        except SupervisorError as error:
            services.children.pop().stop()
            if not left or "in use" not in str(error):
                raise
            time.sleep(0.1)
        else:
            return


def _demand_room(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        raise SupervisorError(f"the disk is full: {free // 2**20} MB free at {home}, at least 200 MB are needed")


def _sweep_abandoned(parent: Path) -> None:
    """Remove the folders of earlier runs whose owner was killed before it could."""
    for home in parent.glob(f"{TEMPORARY_PREFIX}*"):
        with contextlib.suppress(OSError):
            if home.lstat().st_uid != os.geteuid() or time.time() - home.stat().st_mtime < 60:
                continue
            if processes.recorded_pid(home / "owner.json") is None:
                postgres.clear_stale_server(home / "postgres")
                shutil.rmtree(home, ignore_errors=True)
