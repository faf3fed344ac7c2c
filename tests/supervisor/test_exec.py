"""`exec`: databases for one command, and nothing left of them."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supervisor.shops import processes_of, run_exec, wait_until

SHOW = "import os, sys; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], os.environ['LOYALTY_ENV'])"
WAIT = "import time; print('started', flush=True); time.sleep(60)"
USE = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("CREATE DATABASE another")
    for name in ("btree_gist", "pg_trgm", "citext"):
        connection.execute(f"CREATE EXTENSION {name}")
    print(connection.execute("SELECT upper('ёлка'), 'ЛЕТО' ILIKE 'лето'").fetchone())
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())
"""
LEAVE = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print(child.pid)
"""

pytestmark = pytest.mark.slow


def test_exec_gives_working_databases(tmp_path: Path) -> None:
    output, errors = run_exec(sys.executable, "-c", USE, STATE_DIR=str(tmp_path)).communicate(timeout=60)
    assert (output, errors) == ("('ЁЛКА', True)\nTrue\n", "")


def test_exec_returns_the_exit_code_and_leaves_nothing(tmp_path: Path) -> None:
    process = run_exec(sys.executable, "-c", "raise SystemExit(7)", STATE_DIR=str(tmp_path))
    assert process.wait(60) == 7
    assert processes_of(tmp_path) == set()
    assert list(tmp_path.iterdir()) == []


def test_exec_starts_no_server_that_is_named_already() -> None:
    process = run_exec(
        sys.executable, "-c", SHOW, DATABASE_URL="postgres://a@127.0.0.1/a", REDIS_URL="redis://127.0.0.1:1/0"
    )
    output, _ = process.communicate(timeout=60)
    assert output == "postgres://a@127.0.0.1/a redis://127.0.0.1:1/0 test\n"


def test_exec_starts_only_the_server_that_is_missing() -> None:
    output, _ = run_exec(sys.executable, "-c", SHOW, REDIS_URL="redis://127.0.0.1:1/0").communicate(timeout=60)
    assert re.fullmatch(r"postgres://loyalty@127\.0\.0\.1:\d+/loyalty redis://127\.0\.0\.1:1/0 test\n", output)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_exec_ends_everything_however_it_is_ended(number: signal.Signals, tmp_path: Path) -> None:
    process = run_exec(sys.executable, "-c", WAIT, STATE_DIR=str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(number)
    process.wait(15)
    wait_until(lambda: processes_of(tmp_path) == set())


def test_exec_ends_what_the_command_left_behind(tmp_path: Path) -> None:
    output, _ = run_exec(sys.executable, "-c", LEAVE, STATE_DIR=str(tmp_path)).communicate(timeout=60)
    assert not Path(f"/proc/{int(output)}").exists()


def test_exec_names_a_program_that_does_not_exist() -> None:
    process = run_exec("no-such-program-here")
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (1, "error: there is no program no-such-program-here\n")


def test_two_execs_live_side_by_side(tmp_path: Path) -> None:
    first = run_exec(sys.executable, "-c", SHOW, STATE_DIR=str(tmp_path / "1"))
    second = run_exec(sys.executable, "-c", SHOW, STATE_DIR=str(tmp_path / "2"))
    answers = {process.communicate(timeout=60)[0] for process in (first, second)}
    assert len(answers) == 2
    assert {first.returncode, second.returncode} == {0}


def test_a_private_folder_is_no_obstacle(tmp_path: Path) -> None:
    """A root-only home: the account that the server drops to cannot pass through it."""
    tmp_path.chmod(0o700)
    private = tmp_path / "home" / "project"
    private.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    done = run_exec(sys.executable, "-c", USE, STATE_DIR=str(private))
    assert done.communicate(timeout=60)[1] == ""
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_broken_off_start_says_why(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "loyalty_site.supervisor", "run"],
        env={"STATE_DIR": str(blocked / "inside"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: STATE_DIR {blocked / 'inside'} cannot be written: Not a directory\n"
