"""PT-2, PT-7: which lots are spent."""

from collections.abc import Iterable
from datetime import datetime

from points.rules.lines import EntryKind, Line, LotState, soonest_first, taken_from


def available(lots: Iterable[LotState], *, now: datetime) -> int:
    """Points that may be spent now."""
    return sum(lot.remaining for lot in lots if lot.available_from <= now < lot.expires_at)


def spending_lines(
    lots: Iterable[LotState], amount: int, *, now: datetime, kind: EntryKind = EntryKind.SPEND
) -> list[Line] | None:
    """`amount` points out of available lots, the soonest to expire first; None when there are not enough."""
    usable = [lot for lot in lots if lot.available_from <= now < lot.expires_at]
    if amount > available(usable, now=now):
        return None
    return [Line(kind, -share, lot.id) for lot, share in taken_from(soonest_first(usable), amount)]
