"""What the experiments stand on: a database of their own, how big they are, a verdict for each."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection


@dataclass(frozen=True)
class Scale:
    """How big a run is: attempts and processes of a crowd, keys, kills, codes of a batch, seconds."""

    attempts: int = 2000
    processes: int = 16
    keys: int = 200
    repeats: int = 20
    kills: int = 100
    batch: int = 1_000_000
    batch_kills: int = 10
    seconds: int = 60


SMALL = Scale(attempts=400, keys=40, repeats=10, kills=20, batch=100_000, batch_kills=3, seconds=12)


@dataclass(frozen=True)
class Verdict:
    """One run of one experiment: `wrong` is empty when all is as it must be."""

    name: str
    facts: str
    wrong: tuple[str, ...]
    seconds: float


# What was seen, and what was wrong about it.
Findings = tuple[str, list[str]]


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh, migrated database that processes started from here find by `DATABASE_URL`."""
    before, inherited = connection.settings_dict["NAME"], os.environ["DATABASE_URL"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    os.environ["DATABASE_URL"] = f"{inherited.rpartition('/')[0]}/{name}"
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = inherited
        connection.creation.destroy_test_db(before, verbosity=0)


def judged(name: str, experiment: Callable[[], Findings], *, is_control: bool = False) -> Verdict:
    """Run the experiment, then ask the doctor, unless it is a control that breaks things on purpose."""
    started = time.monotonic()
    facts, wrong = experiment()
    findings = wrong if is_control else [*wrong, *doctor_findings()]
    return Verdict(name, facts, tuple(findings), time.monotonic() - started)


def doctor_findings() -> list[str]:
    """What the doctor prints when something is ill; nothing when all is well."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as broken:
        return [f"doctor: {broken}", *(line for line in out.getvalue().splitlines() if not line.startswith("✓"))]
    return []
