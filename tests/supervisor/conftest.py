"""Makes sure that nothing of a supervisor outlives its test."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.supervisor.shops import Shop


@pytest.fixture
def start_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """A function that starts a shop in a folder named by its caller."""
    shops: list[Shop] = []

    def start(name: str = "shop", **options: object) -> Shop:
        shop = Shop(tmp_path / name, **options)  # type: ignore[arg-type]
        shops.append(shop)
        return shop

    yield start
    for shop in shops:
        with contextlib.suppress(subprocess.TimeoutExpired):
            shop.stop()
        for pid in shop.processes() | {shop.process.pid}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
