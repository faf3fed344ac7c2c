"""PT-3: what a customer has, in the words he is told it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from points.rules.lines import LotState
from points.rules.spending import available

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Balance:
    """`pending` points become available from `pending_from` on; `expiring` lists (points, when) within 30 days."""

    available: int = 0
    pending: int = 0
    pending_from: datetime | None = None
    debt: int = 0
    expiring: tuple[tuple[int, datetime], ...] = ()


def balance_of(lots: Iterable[LotState], debt: int, *, now: datetime) -> Balance:
    """Points of lots that have expired count no more, swept or not."""
    living = [lot for lot in lots if lot.remaining and now < lot.expires_at]
    pending = [lot for lot in living if lot.available_from > now]
    soon: Counter[datetime] = Counter()
    for lot in living:
        if lot.expires_at <= now + SOON:
            soon[lot.expires_at] += lot.remaining
    return Balance(
        available=available(living, now=now),
        pending=sum(lot.remaining for lot in pending),
        pending_from=min((lot.available_from for lot in pending), default=None),
        debt=debt,
        expiring=tuple((soon[moment], moment) for moment in sorted(soon)),
    )
