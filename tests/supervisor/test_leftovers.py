"""What a killed supervisor left behind is ended; what only looks like it is not."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.postgres import clear_stale_server
from loyalty_site.supervisor.state import StateDir

PATIENCE = ((signal.SIGTERM, 2.0),)
SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); {SLEEP}"


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True, text=True)
    yield process
    process.kill()
    process.wait()


def test_recorded_process_is_ended(sleeper: "subprocess.Popen[str]", tmp_path: Path) -> None:
    processes.record(tmp_path / "web.json", sleeper.pid)
    assert processes.end_recorded(tmp_path / "web.json", signals=PATIENCE)
    assert sleeper.wait(1) == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_stubborn_process_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    processes.record(tmp_path / "web.json", process.pid)
    assert processes.end_recorded(tmp_path / "web.json", signals=((signal.SIGTERM, 0.2),))
    assert process.wait(1) == -signal.SIGKILL


@pytest.mark.parametrize("changed", [{"started": "1"}, {"boot": "another"}])
def test_process_that_only_has_the_number_is_left_alone(
    changed: dict[str, str], sleeper: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    note = tmp_path / "web.json"
    processes.record(note, sleeper.pid)
    note.write_text(json.dumps(json.loads(note.read_text()) | changed))
    assert not processes.end_recorded(note, signals=PATIENCE)
    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "started": "", "boot": ""}'])
def test_unreadable_note_is_forgotten(text: str, tmp_path: Path) -> None:
    (tmp_path / "pids").mkdir()
    (tmp_path / "pids" / "web.json").write_text(text)
    assert StateDir(tmp_path).end_leftovers() == []
    assert list((tmp_path / "pids").iterdir()) == []


def test_stale_server_note_with_a_strangers_number_is_forgotten(
    sleeper: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    """PostgreSQL itself would refuse to start: it sees only that the number is in use."""
    (tmp_path / "postmaster.pid").write_text(f"{sleeper.pid}\n{tmp_path}\n")
    clear_stale_server(tmp_path)
    assert sleeper.poll() is None
    assert list(tmp_path.iterdir()) == []


def test_secret_is_made_once(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    assert state.secret("key") == state.secret("key") != state.secret("other")
