"""What a person sees while the shop starts."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Name a step before it starts, and tell how long it took when that was long."""
    say(f"  {text}")
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    if seconds > 2:
        say(f"  {text}: {seconds:.0f} s")
