"""The demonstration's passwords: remembered in a file of the state directory, so that they can be shown again.

The database holds only hashes; the file is readable by its owner alone.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

FILE_NAME = "demo-signins.json"
# No look-alikes: people copy these from a terminal. 12 of 31 characters are 59 bits.
SYMBOLS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class SignIn:
    """`fingerprint` is a hash of the stored password hash: tells whether the account still has this password."""

    role: str
    email: str
    password: str
    fingerprint: str


def new_password() -> str:
    """`k7mf-2wqx-h9tp`."""
    groups = ("".join(secrets.choice(SYMBOLS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def fingerprint(password_hash: str) -> str:
    return sha256(password_hash.encode()).hexdigest()[:32]


def remembered() -> list[SignIn]:
    """What the file says; nothing where there is none, or where it is not ours to read."""
    try:
        return [SignIn(**signin) for signin in json.loads(path().read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def remember(signins: list[SignIn]) -> None:
    """Write the file anew with mode 0600: the old one stays whole until the new one is."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(signin) for signin in signins], file, ensure_ascii=False, indent=2)
    draft.replace(target)


def path() -> Path:
    return Path(settings.STATE_DIR) / FILE_NAME
