"""Finding, marking and ending operating system processes.

A process is told apart by its number and the moment it started, so that a number given
to another program in the meantime is never mistaken for ours.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HAS_PROC = Path("/proc/self/stat").exists()
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn`: Linux sends `number` to the child when its parent is gone, even after kill -9."""
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def die_with_our_parent(number: signal.Signals) -> None:
    """Ask Linux to send `number` to this very process when the one that started it is gone."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def adopt_orphans() -> None:
    """Make processes that our descendants leave behind our own children, where Linux can."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start_time(pid: int) -> str | None:
    """When the process started, in an opaque spelling; None when it is gone or only a zombie."""
    if HAS_PROC:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] == "Z" else fields[19]
    answer = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def command_name(pid: int) -> str:
    """The program's short name, empty when it is gone."""
    if HAS_PROC:
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/comm").read_text().strip()
        return ""
    answer = subprocess.run(["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()).name


def children_of(pid: int) -> list[int]:
    """Direct children, where /proc tells."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.parent.name))
    return found


def record(path: Path, pid: int) -> None:
    """Remember a started process, so that the next supervisor can end it if we cannot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"pid": pid, "started": start_time(pid), "boot": _boot()}))


def recorded_pid(path: Path) -> int | None:
    """The live process that `path` remembers, None when it is gone or another has its number."""
    entry = _recorded(path)
    if entry is None or entry["started"] is None or start_time(entry["pid"]) != entry["started"]:
        return None
    pid: int = entry["pid"]
    return pid


def end_recorded(path: Path, *, signals: Sequence[tuple[signal.Signals, float]]) -> bool:
    """End the process that `path` remembers and what is left of its group; says whether there was any."""
    entry = _recorded(path)
    path.unlink(missing_ok=True)
    if entry is None or entry["boot"] != _boot():
        return False
    pid: int = entry["pid"]
    if start_time(pid) is None:
        # No new process gets a number that a group still bears, so what is left of it is ours.
        was_alive = _group_is_alive(pid)
    else:
        was_alive = start_time(pid) == entry["started"]
        if was_alive:
            end(pid, signals=signals)
    if was_alive:
        send(pid, signal.SIGKILL, group=True)
    return was_alive


def send(pid: int, number: signal.Signals, *, group: bool = False) -> None:
    """Signal a process, or its whole group; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def end(pid: int, *, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn, giving the process the seconds beside it, then KILL."""
    for number, patience in (*signals, (signal.SIGKILL, 2.0)):
        send(pid, number)
        if _is_gone_within(pid, patience):
            break


def _recorded(path: Path) -> dict[str, Any] | None:
    try:
        entry = json.loads(path.read_text())
        return {"pid": int(entry["pid"]), "started": entry["started"], "boot": entry["boot"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def _is_gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while start_time(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _group_is_alive(pgid: int) -> bool:
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
