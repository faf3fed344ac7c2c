"""`run`: the whole shop in the foreground, until Ctrl-C."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.assets import build_assets
from loyalty_site.supervisor.child import Child, stop_all, wait_until
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.ports import LOOPBACK, is_free
from loyalty_site.supervisor.programs import (
    Command,
    answers_ready,
    forget_old_metrics,
    schema_fingerprint,
    site_programs,
)
from loyalty_site.supervisor.progress import say, step
from loyalty_site.supervisor.running import announced
from loyalty_site.supervisor.services import Services, start_services
from loyalty_site.supervisor.state import StateDir

WATCH_INTERVAL = 0.2


def run(environ: Mapping[str, str]) -> int:
    """Start everything, say when it is ready, keep it running; returns after a signal to stop."""
    _stop_on_signals()
    state, port = StateDir.from_environ(environ), _port(environ)
    with state.locked(), contextlib.ExitStack() as running:
        _clear_the_ground(state, port)
        services = start_services(state.path, environ=environ, is_durable=True, secret=state.secret, say=step)
        running.callback(services.stop)
        prepared = _environ(environ, services, state, port)
        site = [Child(program) for program in site_programs(state, prepared)]
        running.callback(stop_all, site)
        running.callback(_ignore_signals)
        running.enter_context(announced(state, prepared, given=environ))
        with contextlib.suppress(KeyboardInterrupt):
            _open(services, site, prepared, port)
            _watch([*services.children, *site])
        say("stopping")
    return 0


def _open(services: Services, site: Sequence[Child], environ: Mapping[str, str], port: int) -> None:
    """Bring the schema and the demonstration shop up to date, start the site, say that it is ready."""
    build_assets(say=step)
    _migrate(services, environ)
    with _demonstration(environ) as demo:
        if demo and not _has_demo(services):
            # Nobody should see half a shop; later it is there and only its sign-ins are asked for.
            with step("loading the demonstration shop"):
                sign_ins = demo.output()
                _remember_demo(services)
            _start(site, port)
        else:
            _start(site, port)
            sign_ins = demo.output() if demo else ""
    say(f"ready: http://{LOOPBACK}:{port}")
    if sign_ins:
        say(sign_ins.rstrip())


@contextlib.contextmanager
def _demonstration(environ: Mapping[str, str]) -> Iterator[Command | None]:
    """The command that loads the demonstration shop, on its way; none with DEMO=0."""
    if environ.get("DEMO") == "0":
        yield None
        return
    command = Command("load_demo", "--if-empty", environ=environ)
    try:
        yield command
    finally:
        command.stop()


def _start(site: Sequence[Child], port: int) -> None:
    for child in site:
        child.start()
    web = site[0]
    wait_until(web, lambda: answers_ready(port), seconds=90)


def _watch(children: Sequence[Child]) -> None:
    """Start again, after a pause, whatever stops by itself. Ends only by a signal."""
    while True:
        now = time.monotonic()
        for child in children:
            if child.restart_at is not None:
                if now >= child.restart_at:
                    child.start()
            elif (code := child.exit_code()) is not None:
                _say_stopped(child, code, pause=child.plan_restart())
        time.sleep(WATCH_INTERVAL)


def _say_stopped(child: Child, code: int, *, pause: float) -> None:
    name, log = child.program.name, os.path.relpath(child.program.log)
    say(f"{name} stopped (exit {code}), starting it again in {pause:.0f} s; see {log}")


def _clear_the_ground(state: StateDir, port: int) -> None:
    left = state.end_leftovers()
    if left:
        say(f"  ended what an earlier run left behind: {', '.join(left)}")
    state.rotate_logs()
    deadline = time.monotonic() + 2
    while not is_free(port):
        if time.monotonic() > deadline:
            raise SupervisorError(
                f"port {port} is taken by another program: make run PORT={port + 1} STATE_DIR=.run-{port + 1}"
            )
        time.sleep(0.1)


def _environ(environ: Mapping[str, str], services: Services, state: StateDir, port: int) -> dict[str, str]:
    metrics = state.path / "metrics"
    forget_old_metrics(metrics)
    (state.path / "static").mkdir(exist_ok=True)
    made = {
        "SECRET_KEY": state.secret("secret-key"),
        "TEST_ACQUIRER_SECRET": state.secret("test-acquirer-secret"),
        "LOYALTY_ENV": "dev",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    fixed = {"PORT": str(port), "STATE_DIR": str(state.path), "PYTHONUNBUFFERED": "1"}
    return made | dict(environ) | services.environ | fixed


def _migrate(services: Services, environ: Mapping[str, str]) -> None:
    """Somebody else's database is always asked; ours only when a migration is new to it."""
    stamp, fingerprint = _mark(services, "migrated"), schema_fingerprint()
    if stamp and stamp.exists() and stamp.read_text() == fingerprint:
        return
    with step("bringing the tables up to date"):
        Command("migrate", "--noinput", "-v0", environ=environ).output()
    if stamp:
        stamp.write_text(fingerprint)


def _has_demo(services: Services) -> bool:
    mark = _mark(services, "demo")
    return mark is not None and mark.exists()


def _remember_demo(services: Services) -> None:
    if mark := _mark(services, "demo"):
        mark.touch()


def _mark(services: Services, name: str) -> Path | None:
    """A note that lies beside the tables it is about, so that it goes when they go."""
    return services.postgres_data / f"loyalty.{name}" if services.postgres_data else None


def _port(environ: Mapping[str, str]) -> int:
    text = environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SupervisorError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _stop_on_signals() -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    if os.environ.get("MAKELEVEL"):
        # When make is killed, what it runs must not stay behind holding the port.
        processes.die_with_our_parent(signal.SIGTERM)


def _ignore_signals() -> None:
    """A second Ctrl-C must not break off the orderly end; the end has a time limit of its own."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
