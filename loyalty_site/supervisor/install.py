"""Makes `.venv` and fills it from a hashed lock, only when the lock has changed.

Run by path with the machine's own Python, before anything is installed: standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# Each is resolved on top of the one before it.
LOCKS = {"base": "base.lock", "dev": "dev.lock", "journey": "journey.lock"}
# What a lock's packages include besides its own name: a full one satisfies the smaller.
SATISFIED_BY = {"base": ("base", "dev", "journey"), "dev": ("dev", "journey"), "journey": ("journey",)}


def main(kind: str) -> None:
    """Install the packages of one lock; quick when nothing changed."""
    venv = PROJECT / ".venv"
    with _one_at_a_time():
        _make_venv(venv)
        if any(_is_installed(venv, other) for other in SATISFIED_BY[kind]):
            return
        _install(venv, kind)
        _stamp(venv, kind).write_text(_fingerprint(kind))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (PROJECT / "requirements" / LOCKS["base"]).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("waiting for another install to finish")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_venv(venv: Path) -> None:
    if _works(venv):
        return
    _say(f"making {venv.name} with Python {sys.version.split()[0]}")
    clear = [] if venv.is_symlink() else ["--clear"]
    made = subprocess.run(
        [sys.executable, "-m", "venv", *clear, str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode or not _works(venv):
        sys.exit(
            f"error: {sys.executable} cannot make a virtual environment:\n{made.stdout}{made.stderr}"
            "On Debian and Ubuntu the package python3-venv is needed."
        )


def _works(venv: Path) -> bool:
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0


def _is_installed(venv: Path, kind: str) -> bool:
    stamp = _stamp(venv, kind)
    return stamp.exists() and stamp.read_text() == _fingerprint(kind)


def _stamp(venv: Path, kind: str) -> Path:
    return venv / f"installed-{kind}"


def _fingerprint(kind: str) -> str:
    """Changes with the lock, and with those it was resolved on top of."""
    digest = hashlib.sha256()
    for name, lock in LOCKS.items():
        digest.update((PROJECT / "requirements" / lock).read_bytes())
        if name == kind:
            break
    return digest.hexdigest()


def _install(venv: Path, kind: str) -> None:
    lock = PROJECT / "requirements" / LOCKS[kind]
    total = len(re.findall(r"^[A-Za-z0-9].*==", lock.read_text(), re.MULTILINE))
    _say(f"installing {total} packages from requirements/{lock.name}")
    # Every package of the lock is named with its hash, so there is nothing left to resolve.
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "-r", str(lock)]
    started = time.monotonic()
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = _follow(pip, total)
    if pip.wait():
        sys.exit("error: the packages could not be installed:\n" + "".join(output[-20:]))
    _say(f"installed {total} packages in {time.monotonic() - started:.0f} s")


def _follow(pip: subprocess.Popen[str], total: int) -> list[str]:
    """Show how far pip has come; returns what it said."""
    output, fetched, shown = [], 0, time.monotonic()
    for line in pip.stdout or ():
        output.append(line)
        fetched += line.startswith(("Collecting", "Requirement already"))
        if line.startswith("Installing collected"):
            _say("  all fetched, unpacking")
        elif time.monotonic() - shown > 3:
            shown = time.monotonic()
            _say(f"  {fetched} of {total} fetched")
    return output


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(
            f"error: Python 3.11 or later is needed, {sys.executable} is {sys.version.split()[0]}.\n"
            "Name another one: make run PYTHON=/path/to/python3.12"
        )
    if not hasattr(os, "geteuid"):
        sys.exit("error: this needs Linux or macOS; on Windows use WSL")
    main(sys.argv[1])
