"""`run`: the whole shop, started, stopped, killed and started again."""

import signal
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.supervisor.shops import Shop, manage, processes_of, wait_until

pytestmark = pytest.mark.slow
Start = Callable[..., Shop]


def test_run_is_ready_when_it_says_so_and_gone_ten_seconds_after_a_signal(start_shop: Start) -> None:
    shop = start_shop().wait_ready()
    assert _status(shop, "/readyz") == 200
    assert {path.stem for path in (shop.folder / "pids").iterdir()} == {"postgres", "valkey", "web", "worker", "beat"}
    assert shop.stop(signal.SIGINT) < 10
    assert shop.process.returncode == 0
    assert processes_of(shop.folder) == set()
    assert shop.said.count("ready: ") == 1


def test_run_recovers_the_same_data_after_its_supervisor_was_killed(start_shop: Start) -> None:
    shop = start_shop().wait_ready()
    _write(shop, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('слово')")
    shop.stop(signal.SIGKILL)
    again = start_shop(port=shop.port).wait_ready()
    assert _read(again, "SELECT word FROM kept") == [("слово",)]
    assert _status(again, "/readyz") == 200


def test_run_starts_again_what_dies(start_shop: Start) -> None:
    shop = start_shop().wait_ready()
    first = shop.web_pid()
    subprocess.run(["kill", "-9", str(first)], check=True)
    wait_until(lambda: "web stopped (exit -9), starting it again in 1 s" in shop.said)
    wait_until(lambda: shop.web_pid() != first and _status(shop, "/readyz") == 200, seconds=60)


def test_two_shops_live_side_by_side(start_shop: Start) -> None:
    first = start_shop("first").wait_ready()
    second = start_shop("second").wait_ready()
    assert first.connection_url() != second.connection_url()
    assert {_status(first, "/readyz"), _status(second, "/readyz")} == {200}
    second.stop()
    assert _status(first, "/readyz") == 200


def test_run_refuses_a_port_or_folder_that_is_taken(start_shop: Start) -> None:
    shop = start_shop("first").wait_ready()
    same_port = start_shop("second", port=shop.port)
    assert same_port.process.wait(60) == 1
    assert f"error: port {shop.port} is taken by another program" in same_port.said
    same_folder = start_shop("first")
    assert same_folder.process.wait(60) == 1
    assert f"is in use by process {shop.process.pid}" in same_folder.said
    assert _status(shop, "/readyz") == 200


def test_secrets_are_for_the_owner_only(stopped_shop: Path) -> None:
    folder = stopped_shop / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    written = "".join(path.read_text(errors="replace") for path in (stopped_shop / "logs").iterdir())
    assert [path.name for path in folder.iterdir() if path.read_text() in written] == []


def test_commands_find_the_shop_that_runs_and_nothing_of_it_afterwards(start_shop: Start) -> None:
    shop = start_shop().wait_ready()
    key = manage("apikey", "create", "site", "--scope", "all", STATE_DIR=str(shop.folder))
    address = f"http://127.0.0.1:{shop.port}/api/v1/programme"
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {key.stdout.strip()}"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert answer.status == 200
    shop.stop()
    assert not (shop.folder / "secrets" / "environ.json").exists()


def _status(shop: Shop, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{shop.port}{path}", timeout=20) as answer:
            return int(answer.status)
    except OSError:
        return 0


def _write(shop: Shop, *statements: str) -> None:
    with psycopg.connect(shop.connection_url()) as connection:
        for statement in statements:
            connection.execute(statement)


def _read(shop: Shop, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(shop.connection_url()) as connection:
        return connection.execute(query).fetchall()
