"""The replayed time: what happens at which moment, and what the worker does when a week and a month are over."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from loyalty_site.journey.dataset import SHOPS_ZONE
from loyalty_site.journey.receipts import Receipts
from loyalty_site.journey.wishes import GoodsBack, brings_back, goods_back
from loyalty_site.kernel.transactions import in_transaction
from notifications.services import drop_stale
from points.services import expire_due
from referrals.services import check_pending, pay_due
from tiers.services import review_chunk

CLOSED_ON = (8, 15, 22)
CHUNK = 2_000


@dataclass(frozen=True)
class Event:
    """A receipt is bought (`back` None), or goods of it come back."""

    at: datetime
    place: int
    back: GoodsBack | None = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.at, self.place, self.back.part if self.back else 0


@dataclass(frozen=True)
class Done:
    """What an earlier run did: baskets placed, and for each how many times goods came back."""

    placed: Set[str]
    refunds: Mapping[str, int]


def events_of(receipts: Receipts, places: Sequence[int], done: Done) -> list[Event]:
    """All that is still to happen to these receipts, in order of time."""
    found = []
    for place in places:
        number, at = receipts.number_at(place), receipts.moment_at(place)
        if number not in done.placed:
            found.append(Event(at, place))
        if brings_back(number):
            found += [
                Event(at + timedelta(days=back.after_days), place, back)
                for back in goods_back(receipts[place])
                if back.part > done.refunds.get(number, 0)
            ]
    return sorted(found, key=lambda event: event.order)


def month_end(moment: datetime) -> datetime:
    """The beginning of the next month, by the shops' clock."""
    local = moment.astimezone(SHOPS_ZONE)
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=SHOPS_ZONE)


def close_after(moment: datetime) -> datetime:
    """When the worker comes next: at the beginning of the 8th, the 15th, the 22nd and the 1st, by the shops' clock."""
    local = moment.astimezone(SHOPS_ZONE)
    for day in CLOSED_ON:
        if local.day < day:
            return datetime(local.year, local.month, day, tzinfo=SHOPS_ZONE)
    return month_end(moment)


def by_close(parts: Sequence[Sequence[Event]]) -> dict[datetime, list[list[Event]]]:
    """The events before each coming of the worker, for each of the processes."""
    closes: dict[datetime, list[list[Event]]] = {}
    for process, events in enumerate(parts):
        for event in events:
            closes.setdefault(close_after(event.at), [[] for _ in parts])[process].append(event)
    return dict(sorted(closes.items()))


def close_week(now: datetime) -> None:
    """The worker's work on referrals: judged as soon as they wait, paid when they are due."""
    while in_transaction(partial(check_pending, now=now, limit=CHUNK)):
        pass
    while in_transaction(partial(pay_due, now=now)).left:
        pass


def close_day(now: datetime) -> None:
    """The worker's nightly work on points and tiers."""
    while in_transaction(partial(expire_due, now=now)).lots:
        pass
    after: int | None = 0
    while after is not None:
        after = in_transaction(partial(review_chunk, now=now, after=after)).last_id


def close_year(now: datetime) -> None:
    """Back in our day, whose clock the doctor goes by: nobody is written to of a year that is long over."""
    close_week(now)
    close_day(now)
    while in_transaction(partial(drop_stale, now=now)):
        pass
