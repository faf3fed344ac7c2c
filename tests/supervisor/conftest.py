"""Makes sure that nothing of a supervisor outlives its test."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.supervisor.shops import Shop


@pytest.fixture(scope="session")
def stopped_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that was started for the first time and stopped again."""
    shop = Shop(tmp_path_factory.mktemp("stopped") / "shop")
    try:
        shop.wait_ready()
    finally:
        _make_sure_it_is_gone(shop)
    return shop.folder


@pytest.fixture
def start_shop(tmp_path: Path, stopped_shop: Path) -> Iterator[Callable[..., Shop]]:
    """A function that starts a shop in a folder named by its caller; a new one has empty tables already."""
    shops: list[Shop] = []

    def start(name: str = "shop", *, port: int | None = None) -> Shop:
        if not (tmp_path / name).exists():
            subprocess.run(["cp", "-a", str(stopped_shop), str(tmp_path / name)], check=True)
        shop = Shop(tmp_path / name, port=port)
        shops.append(shop)
        return shop

    yield start
    for shop in shops:
        _make_sure_it_is_gone(shop)


def _make_sure_it_is_gone(shop: Shop) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        shop.stop()
    for pid in shop.processes() | {shop.process.pid}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
