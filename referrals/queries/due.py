"""Rewards that are due, in the order in which they are paid (R-4)."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from referrals.models.reward import Reward


class DuePlace(NamedTuple):
    """A reward's place in the line: the oldest first."""

    due_at: datetime
    reward_id: int


def due_places(*, now: datetime, after: DuePlace | None, limit: int) -> list[DuePlace]:
    """The next `limit` rewards that are due, behind `after`."""
    due = Reward.objects.filter(status=Reward.Status.PENDING, due_at__lte=now)
    if after is not None:
        due = due.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.reward_id))
    return [DuePlace(*row) for row in due.order_by("due_at", "pk").values_list("due_at", "pk")[:limit]]
