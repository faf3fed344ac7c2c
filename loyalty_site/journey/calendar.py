"""The replayed time: what happens at which moment, and what the worker does when a month is over."""

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
from tiers.services import review_chunk


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


def by_month(parts: Sequence[Sequence[Event]]) -> dict[datetime, list[list[Event]]]:
    """The events of each month, by its end, for each of the workers."""
    months: dict[datetime, list[list[Event]]] = {}
    for worker, events in enumerate(parts):
        for event in events:
            months.setdefault(month_end(event.at), [[] for _ in parts])[worker].append(event)
    return dict(sorted(months.items()))


def close_day(now: datetime) -> None:
    """The worker's nightly work on points and tiers; no messages are sent, those that are too old end."""
    while in_transaction(partial(drop_stale, now=now)):
        pass
    while in_transaction(partial(expire_due, now=now)).lots:
        pass
    after: int | None = 0
    while after is not None:
        after = in_transaction(partial(review_chunk, now=now, after=after)).last_id
