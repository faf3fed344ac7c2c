"""An embedded PostgreSQL cluster: made once, started on a free port, safe after a crash."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from loyalty_site.supervisor import processes
from loyalty_site.supervisor.account import Account, unprivileged_account
from loyalty_site.supervisor.binaries import postgres_programs
from loyalty_site.supervisor.child import Child, Program
from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.ports import LOOPBACK

ADMIN, ROLE, DATABASE = "postgres", "loyalty", "loyalty"
STOP_SIGNALS = ((signal.SIGINT, 2.5), (signal.SIGQUIT, 1.0))  # fast, then immediate shutdown

# C.UTF-8 by name: with plain C the letters outside ASCII have no upper and lower case, and
# a search for "ЛЕТО" silently misses "лето".
INITDB = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--encoding=UTF8",
    "--no-instructions",
    f"--username={ADMIN}",
)
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "200",
    "jit": "off",
}
# Data that is thrown away need not survive a power cut.
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lives and how it is reached; passwords are empty when everyone is trusted."""

    data: Path
    log: Path
    pid_file: Path
    port: int
    password: str
    admin_password: str
    is_durable: bool
    account: Account | None
    programs: Path

    @property
    def url(self) -> str:
        """The `DATABASE_URL` of the application's role, which owns its database and no more."""
        password = f":{self.password}" if self.password else ""
        return f"postgres://{ROLE}{password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def is_initialised(self) -> bool:
        return (self.data / "loyalty.ready").exists()

    def on_port(self, port: int) -> "Cluster":
        return replace(self, port=port)

    @property
    def data_argument(self) -> str:
        # The account may not be allowed to pass through the folders above (a root-only home), but
        # it may stand in its own: /proc/self/cwd names that folder without passing through them.
        if self.account is not None and sys.platform == "linux":
            return "/proc/self/cwd"
        return str(self.data)


def cluster_at(home: Path, *, secret: Callable[[str], str], is_durable: bool) -> Cluster:
    """The cluster of a state folder; nothing is written yet."""
    account = unprivileged_account()
    return Cluster(
        data=home / "postgres",
        log=home / "logs" / "postgres.log",
        pid_file=home / "pids" / "postgres.json",
        port=0,
        password=secret("postgres.password"),
        admin_password=secret("postgres.admin-password"),
        is_durable=is_durable,
        account=account,
        programs=postgres_programs(account),
    )


def initialise(cluster: Cluster) -> None:
    """Run initdb into an empty folder. Half a cluster left by a crash is set aside first."""
    if cluster.data.exists() and any(cluster.data.iterdir()):
        broken = cluster.data.with_name(f"{cluster.data.name}.broken-{int(time.time())}")
        cluster.data.rename(broken)
    cluster.data.mkdir(parents=True, exist_ok=True)
    cluster.data.chmod(0o700)
    if cluster.account:
        os.chown(cluster.data, cluster.account.uid, cluster.account.gid)
    command = [str(cluster.programs / "initdb"), f"--pgdata={cluster.data_argument}", *INITDB]
    if not cluster.is_durable:
        command += ["--no-sync", "--auth=trust"]
        _initdb(cluster, command)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:
        secret.write(f"{cluster.admin_password}\n")
        secret.flush()
        if cluster.account:
            os.chown(secret.name, cluster.account.uid, cluster.account.gid)
        _initdb(cluster, [*command, "--auth=scram-sha-256", f"--pwfile={secret.name}"])


def program_of(cluster: Cluster) -> Program:
    """How to run the server."""
    settings = SETTINGS | ({} if cluster.is_durable else UNSAFE_SETTINGS)
    command = [str(cluster.programs / "postgres"), "-D", cluster.data_argument, "-p", str(cluster.port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Program(
        name="postgres",
        command=command,
        environ=_environ(),
        log=cluster.log,
        pid_file=cluster.pid_file,
        cwd=cluster.data,
        account=cluster.account,
        stop_signals=STOP_SIGNALS,
        prepare=lambda: clear_stale_server(cluster.data),
    )


def is_ready(cluster: Cluster, child: Child) -> bool:
    """Whether the server that we started, and no earlier one, accepts connections."""
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.pid) and lines[7].strip() == "ready"


def create_database(cluster: Cluster) -> None:
    """Make the application's role and database, once."""
    login = f"CREATE ROLE {ROLE} LOGIN CREATEDB"
    if cluster.password:
        login += f" PASSWORD '{cluster.password}'"
    _psql(cluster, login, f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    (cluster.data / "loyalty.ready").touch()


def clear_stale_server(data: Path) -> None:
    """End a server that an earlier supervisor left on this folder, and forget one that is dead.

    A dead server's number may belong to another program by now; PostgreSQL would then refuse to start.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if processes.command_name(pid) == "postgres" and _serves(pid, data):
        processes.end(pid, signals=STOP_SIGNALS)
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    cwd = Path(f"/proc/{pid}/cwd")
    return not cwd.exists() or cwd.resolve() == data.resolve()


def _initdb(cluster: Cluster, command: list[str]) -> None:
    drop = cluster.account.popen_arguments() if cluster.account else {}
    done = subprocess.run(
        command,
        cwd=cluster.data,
        env=_environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **drop,
    )
    if done.returncode:
        raise SupervisorError(f"initdb failed in {cluster.data}:\n{done.stderr or done.stdout}")


def _psql(cluster: Cluster, *statements: str) -> None:
    where = ["-h", LOOPBACK, "-p", str(cluster.port), "-U", ADMIN, "-d", "postgres"]
    command = [str(cluster.programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *where]
    for statement in statements:
        command += ["-c", statement]
    environ = _environ() | {"PGPASSWORD": cluster.admin_password, "PGCONNECT_TIMEOUT": "5"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SupervisorError(f"the database could not be made:\n{done.stderr}")


def _environ() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
