"""What an order did to its customer's points, in sums."""

from dataclasses import dataclass
from datetime import datetime

from orders.models import Order
from orders.services.rewards import bonus_fact
from points.queries import entries
from points.rules import EntryKind


@dataclass(frozen=True)
class OrderPoints:
    """Points, none of them negative. `available_from` is set while what was earned waits.

    `gift` is the part of `earned` that is for a first purchase, not for this order's sum.
    """

    spent: int = 0
    returned: int = 0
    earned: int = 0
    gift: int = 0
    taken_back: int = 0
    to_earn: int = 0
    available_from: datetime | None = None

    @property
    def is_there(self) -> bool:
        return any((self.spent, self.returned, self.earned, self.taken_back, self.to_earn))


def points_of(order: Order, *, now: datetime) -> OrderPoints:
    """From the ledger, where points are kept. One query; none for a guest's order, which moves no points."""
    if order.customer_id is None:
        return OrderPoints()
    sums: dict[str, int] = dict.fromkeys(EntryKind, 0)
    gift = 0
    waits: list[datetime] = []
    for entry in entries(order.customer_id, order_ref=order.ref):
        sums[entry.kind] += entry.amount
        if entry.kind == EntryKind.EARN and entry.fact == bonus_fact(order):
            gift += entry.amount
        if entry.kind == EntryKind.EARN and entry.lot and entry.lot.remaining and entry.lot.available_from > now:
            waits.append(entry.lot.available_from)
    is_new = order.status == Order.Status.NEW
    return OrderPoints(
        spent=-sums[EntryKind.SPEND],
        returned=sums[EntryKind.RETURN],
        earned=sums[EntryKind.EARN],
        gift=gift,
        taken_back=-sums[EntryKind.TAKE_BACK],
        to_earn=order.points_to_earn if is_new else 0,
        available_from=min(waits, default=None),
    )
