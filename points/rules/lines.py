"""What the decisions are made of: lots as they stand, and the lines to be posted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    EARN = "earn"
    SPEND = "spend"
    RETURN = "return"
    TAKE_BACK = "take_back"
    EXPIRE = "expire"
    ADJUST = "adjust"
    DEBT = "debt"


@dataclass(frozen=True)
class LotState:
    """A lot as it stands: `remaining` points, to be spent from `available_from` until before `expires_at`."""

    id: int
    remaining: int
    available_from: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Line:
    """One entry to be posted: `amount` into (+) or out of (−) a lot, without a lot into (−) or out of (+) debt.

    `reverses` is the entry that it undoes, `lives_until` the lot's new end. `fact` is given where the line stands
    for a business fact of its own.
    """

    kind: EntryKind
    amount: int
    lot_id: int | None = None
    reverses: int | None = None
    lives_until: datetime | None = None
    fact: str | None = None


def soonest_first(lots: Iterable[LotState]) -> list[LotState]:
    """The soonest to expire first, then the older lot (PT-2)."""
    return sorted(lots, key=lambda lot: (lot.expires_at, lot.id))


def taken_from(lots: Iterable[LotState], amount: int) -> Iterator[tuple[LotState, int]]:
    """`amount` taken from `lots` in their order, as far as they go: each lot with its share."""
    for lot in lots:
        share = min(lot.remaining, amount)
        if share:
            yield lot, share
            amount -= share


def debt_lines(gains: Iterable[tuple[int, int]], debt: int) -> list[Line]:
    """What is gained, as (lot id, points), pays the debt first (PT-7). Together the lines change no balance."""
    lines = []
    for lot_id, gain in gains:
        paid = min(gain, debt)
        if paid:
            lines.append(Line(EntryKind.DEBT, -paid, lot_id))
            debt -= paid
    if lines:
        lines.append(Line(EntryKind.DEBT, -sum(line.amount for line in lines)))
    return lines


def expiry_fact(lot_id: int, expires_at: datetime) -> str:
    """A lot expires once at each of its ends; without days of grace two of them fall on one day. `expires_at` in UTC.

    The moment is written as the database writes it.
    """
    moment = f"{expires_at:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").removesuffix(".")
    return f"expire:lot:{lot_id}:{moment}"
