"""The ledger as its owner reads it: one row for each thing that happened, with the balance after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from loyalty_site.account.words import title_of
from points.models import Entry, Lot
from points.rules import EntryKind


@dataclass(frozen=True)
class Row:
    """`amount` of one fact over all lots it touched; `shares` say (points, lot) by the day on which the lots end."""

    title: str
    reason: str
    amount: int
    balance_after: int
    moment: datetime
    order_ref: str
    shares: tuple[tuple[int, Lot], ...]


def rows_of(entries: Iterable[Entry]) -> list[Row]:
    """Entries of the same fact and kind that follow each other are one row. `entries` newest first, lots loaded."""
    return [_row(list(group)) for _same, group in groupby(entries, lambda entry: (entry.fact, entry.kind))]


def _row(group: Sequence[Entry]) -> Row:
    newest = group[0]
    return Row(
        title=title_of(newest),
        reason=newest.reason,
        amount=sum(entry.amount for entry in group),
        balance_after=newest.balance_after,  # type: ignore[attr-defined]
        moment=newest.posted_at,
        order_ref=newest.order_ref,
        shares=_shares(group),
    )


def _shares(group: Sequence[Entry]) -> tuple[tuple[int, Lot], ...]:
    """Lots that end together are one, the soonest to end first."""
    found: dict[datetime, tuple[int, Lot]] = {}
    for entry in group:
        if entry.lot and entry.kind in TELLING:
            before, lot = found.get(entry.lot.expires_at, (0, entry.lot))
            found[entry.lot.expires_at] = before + abs(entry.amount), lot
    return tuple(found[end] for end in sorted(found))


# Where points went to or came from is told by when those points expire.
TELLING = {EntryKind.EARN, EntryKind.SPEND, EntryKind.RETURN, EntryKind.ADJUST}
