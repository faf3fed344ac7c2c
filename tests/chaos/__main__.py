"""`make chaos`: the long experiments of reliability, each ending with the doctor.

`python -m tests.chaos [limits|answers|batches|points …] [--runs 20] [--small]`. Exit code 1 when anything was wrong.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterator

from tests.chaos.stage import SMALL, Scale, Verdict, own_database

NAMES = ("limits", "answers", "batches", "points")
Experiments = Callable[[Scale], Iterator[Verdict]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(NAMES)}")
    parser.add_argument("--runs", type=int, default=1, help="how often each is run (default: 1)")
    parser.add_argument("--small", action="store_true", help="a fifth of the size")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(NAMES)):
        parser.error(f"no such experiment: {', '.join(unknown)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
    os.environ["LOYALTY_ENV"] = "test"
    import django

    django.setup()
    # Without collectstatic there is no folder of static files, which whitenoise says at every client.
    warnings.filterwarnings("ignore", message="No directory at")
    verdicts: list[Verdict] = []
    with own_database():
        from tests.chaos import answers, batches, limits, points, shop

        modules: dict[str, Experiments] = {
            "limits": limits.experiments,
            "answers": answers.experiments,
            "batches": batches.experiments,
            "points": points.experiments,
        }
        shop.open_shop()
        for run in range(1, arguments.runs + 1):
            for name in arguments.names or NAMES:
                for verdict in modules[name](SMALL if arguments.small else Scale()):
                    show(run, verdict)
                    verdicts.append(verdict)
    bad = sum(bool(verdict.wrong) for verdict in verdicts)
    say(f"{len(verdicts)} experiments, {bad} of them wrong")
    return 1 if bad else 0


def show(run: int, verdict: Verdict) -> None:
    state = "WRONG" if verdict.wrong else "ok"
    say(f"run {run}  {state:5}  {verdict.seconds:7.1f} s  {verdict.name}: {verdict.facts}")
    for finding in verdict.wrong:
        say(f"         {finding}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
