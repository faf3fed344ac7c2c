"""The facts of corrections: who asked for it, and by which request."""

import hashlib
import re

ASKED_BY_KEY = re.compile(r"adjust:key:(\d+):")


def correction_fact(*, caller: str, key: str) -> str:
    """`adjust:key:7:…`: a request of the caller `key:7`, posted once for ever, whatever is forgotten (PT-4)."""
    return f"adjust:{caller}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def correcting_key(fact: str) -> int | None:
    """The number of the integration's key that asked for the correction; None for everything else."""
    match = ASKED_BY_KEY.match(fact)
    return int(match[1]) if match else None
