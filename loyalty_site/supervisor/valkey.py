"""An embedded Valkey server: the queue and the counters of limits."""

import socket
from dataclasses import dataclass
from pathlib import Path

from loyalty_site.supervisor.binaries import valkey_program
from loyalty_site.supervisor.child import Program
from loyalty_site.supervisor.ports import LOOPBACK


@dataclass(frozen=True)
class Valkey:
    """Where a server keeps its file and how it is reached. `password` may be empty."""

    data: Path
    log: Path
    pid_file: Path
    port: int
    password: str
    is_durable: bool

    @property
    def url(self) -> str:
        """The `REDIS_URL`."""
        password = f":{self.password}@" if self.password else ""
        return f"redis://{password}{LOOPBACK}:{self.port}/0"


def program_of(valkey: Valkey) -> Program:
    """How to run the server. The password goes through a file that only we may read."""
    valkey.data.mkdir(parents=True, exist_ok=True)
    settings = valkey.data / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(_settings(valkey))
    return Program(
        name="valkey",
        command=[str(valkey_program()), "valkey.conf"],
        environ={"LC_ALL": "C"},
        log=valkey.log,
        pid_file=valkey.pid_file,
        cwd=valkey.data,
    )


def is_ready(valkey: Valkey) -> bool:
    """Whether it answers, its file already loaded."""
    try:
        with socket.create_connection((LOOPBACK, valkey.port), timeout=1) as connection:
            if valkey.password:
                connection.sendall(f"AUTH {valkey.password}\r\n".encode())
            connection.sendall(b"PING\r\n")
            connection.settimeout(1)
            answer = b""
            while b"PONG" not in answer and b"-" not in answer:
                received = connection.recv(256)
                if not received:
                    return False
                answer += received
    except OSError:
        return False
    return b"PONG" in answer


def _settings(valkey: Valkey) -> str:
    lines = [
        f"bind {LOOPBACK}",
        f"port {valkey.port}",
        "daemonize no",
        'save ""',
        f"appendonly {'yes' if valkey.is_durable else 'no'}",
        "maxmemory-policy noeviction",
    ]
    if valkey.password:
        lines.append(f"requirepass {valkey.password}")
    return "\n".join(lines) + "\n"
