"""`python -m bench [NAME …]`: runs the benchmarks on throw-away services and prints one table.

Without `DATABASE_URL` it starts its own services through the supervisor; with it, that server is used, but a
database of its own is made there and dropped at the end.
"""

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import bench
from bench.floor import Measurement
from bench.report import table

NOT_SCRIPTS = {"__main__", "floor", "report", "shop"}
Measure = Callable[[], Iterable[Measurement]]


def main() -> int:
    names = script_names()
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks as ratios to a floor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(names) or 'none yet'}")
    wanted = parser.parse_args().names or names
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    if not os.environ.get("DATABASE_URL"):
        return on_own_services()
    return report(run(wanted))


def script_names() -> list[str]:
    """Every module of this package that is not part of the frame."""
    return sorted({module.name for module in pkgutil.iter_modules(bench.__path__)} - NOT_SCRIPTS)


def on_own_services() -> int:
    """Run this very command again with services that the supervisor starts and stops."""
    again = [sys.executable, "-m", "bench", *sys.argv[1:]]
    command = [sys.executable, "-m", "loyalty_site.supervisor", "exec", "--", *again]
    return subprocess.run(command, cwd=Path(__file__).resolve().parent.parent, check=False).returncode


def run(names: Iterable[str]) -> list[Measurement]:
    """Measure each named script in one fresh, migrated database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    os.environ.setdefault("LOYALTY_ENV", "test")
    import django
    from django.db import connection

    django.setup()
    say("making a database …")
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    measurements: list[Measurement] = []
    try:
        for name in names:
            say(f"{name} …")
            measure: Measure = importlib.import_module(f"bench.{name}").measure
            measurements.extend(measure())
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
    return measurements


def report(measurements: list[Measurement]) -> int:
    """Print the table; 0 when every ratio is within its target."""
    print(table(measurements))
    return 0 if all(measurement.is_within_target for measurement in measurements) else 1


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
