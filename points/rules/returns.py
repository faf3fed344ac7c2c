"""O-7: how spent points go back to the lots they came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from points.rules.lines import EntryKind, Line, LotState, debt_lines, expiry_fact


@dataclass(frozen=True)
class SpentPart:
    """What an order took from one lot: `amount` points by entry `entry_id`, of which `returned` went back."""

    entry_id: int
    lot: LotState
    amount: int
    returned: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.returned


def return_lines(
    parts: Iterable[SpentPart], amount: int, *, debt: int, now: datetime, grace_until: datetime
) -> list[Line]:
    """`amount` points back into their lots; it must not exceed what is left to return.

    The lots that live longest are filled first: afterwards they are as if the order had spent less from the
    beginning. A lot that has expired meanwhile lives until `grace_until`; what was left in it expires as it
    would have. Debt is paid from what comes back.
    """
    lines, gains = [], []
    for part in sorted(parts, key=lambda part: (part.lot.expires_at, part.lot.id), reverse=True):
        share = min(part.left, amount)
        if not share:
            continue
        amount -= share
        lot, has_expired = part.lot, part.lot.expires_at <= now
        if has_expired and lot.remaining:
            fact = expiry_fact(lot.id, lot.expires_at.astimezone(UTC))
            lines.append(Line(EntryKind.EXPIRE, -lot.remaining, lot.id, fact=fact))
        until = grace_until if has_expired else None
        lines.append(Line(EntryKind.RETURN, share, lot.id, part.entry_id, until))
        gains.append((lot.id, share))
    if amount:
        raise ValueError("More points cannot be returned than were spent.")
    return lines + debt_lines(reversed(gains), debt)
