"""Where the running shop's databases are, for commands typed beside it: `manage.py apikey create site --scope all`."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping

from loyalty_site.supervisor.state import StateDir

FILE = "environ.json"
NAMES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TEST_ACQUIRER_SECRET", "PORT")


@contextlib.contextmanager
def announced(state: StateDir, environ: Mapping[str, str], *, given: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, the owner's commands find this shop; nobody else may read where it is.

    What was `given` to us is the owner's own secret and is not written down.
    """
    path = state.path / "secrets" / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        known = {name: environ[name] for name in NAMES if name in environ}
        json.dump({name: text for name, text in known.items() if name == "PORT" or not given.get(name)}, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def running_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """What `environ` lacks to reach the shop that runs on its `STATE_DIR`.

    Empty where databases are named already, in production, and where no shop runs.
    """
    if environ.get("DATABASE_URL") or environ.get("LOYALTY_ENV") == "production":
        return {}
    try:
        found = json.loads((StateDir.from_environ(environ).path / "secrets" / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(found[name]) for name in NAMES if name in found and not environ.get(name)}
