"""Who made changes that the history keeps."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pghistory.models import Context

from customers.models import User


def authors(contexts: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """The accounts behind contexts of the history; those of the system are left out. Two queries at most."""
    wanted = {key for key in contexts if key}
    if not wanted:
        return {}
    known: dict[UUID, Any] = dict(Context.objects.filter(pk__in=wanted).values_list("pk", "metadata__user"))
    users = {key: int(user) for key, user in known.items() if isinstance(user, int) or str(user or "").isdecimal()}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=set(users.values()))}
    return {key: names[user] for key, user in users.items() if user in names}
