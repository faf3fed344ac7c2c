"""Who did it: every write of staff goes into the history with its author (S-1)."""

from contextlib import AbstractContextManager
from typing import Any

import pghistory

from customers.models import User


def written_by(by: User | None, action: str) -> AbstractContextManager[object]:
    """Changes made inside are kept with the author and the action, over HTTP and from commands alike."""
    known: dict[str, Any] = {"user": by.pk} if by else {}
    return pghistory.context(action=action, **known)
