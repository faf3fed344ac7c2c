"""O-7, PT-7: where earned points are taken back from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from points.rules.lines import EntryKind, Line, LotState, soonest_first, taken_from


@dataclass(frozen=True)
class ExpiredPart:
    """Points of a lot that expired by entry `entry_id` and have not been undone."""

    entry_id: int
    amount: int


@dataclass(frozen=True)
class Earning:
    """An earning and its lot: `amount` points by entry `entry_id`, of which `taken` were taken back."""

    entry_id: int
    lot: LotState
    amount: int
    taken: int = 0
    expired: tuple[ExpiredPart, ...] = ()

    @property
    def left(self) -> int:
        return self.amount - self.taken


def take_back_lines(earning: Earning, others: Iterable[LotState], amount: int, *, now: datetime) -> list[Line]:
    """`amount` points of an earning taken back; it must not exceed what is left of it.

    From its own lot, where what has expired counts as still there: nobody loses the same point twice. Then from
    other lots that live, the soonest to expire first, pending ones too; the rest becomes debt.
    """
    if amount > earning.left:
        raise ValueError("More points cannot be taken back than were earned.")
    own = min(earning.lot.remaining, amount)
    lines = [*_unexpired(earning, amount - own)]
    own += sum(line.amount for line in lines)
    if own:
        lines.append(_taken(earning, own, earning.lot.id))
    amount -= own
    living = soonest_first(lot for lot in others if lot.id != earning.lot.id and lot.expires_at > now)
    for lot, share in taken_from(living, amount):
        lines.append(_taken(earning, share, lot.id))
        amount -= share
    if amount:
        lines.append(_taken(earning, amount, None))
    return lines


def _unexpired(earning: Earning, amount: int) -> Iterable[Line]:
    for part in earning.expired:
        share = min(part.amount, amount)
        if share:
            amount -= share
            yield Line(EntryKind.EXPIRE, share, earning.lot.id, part.entry_id)


def _taken(earning: Earning, amount: int, lot_id: int | None) -> Line:
    return Line(EntryKind.TAKE_BACK, -amount, lot_id, earning.entry_id)
