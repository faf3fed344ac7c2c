"""What a friend brought to the one who invited: points, promo codes and their use, an ambassador's money (R-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from referrals.models import Reward


class CodeState(StrEnum):
    """How an earned promo code stands."""

    ACTIVE = "active"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class EarnedCode:
    """`ends_at` is the exclusive end (M-4)."""

    code: str
    state: CodeState
    ends_at: datetime


@dataclass(frozen=True)
class FriendReward:
    """`amount` points, roubles or percent, by `kind` (`Referral.RewardKind`); `status` as `Reward.Status`.

    Of the order that earned it nothing is told: it is the friend's.
    """

    kind: str
    amount: Decimal
    status: str
    due_at: datetime
    paid_at: datetime | None
    taken_back_amount: Decimal
    code: EarnedCode | None

    @property
    def kept_amount(self) -> Decimal:
        return self.amount - self.taken_back_amount


def rewards_for(referral_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[FriendReward, ...]]:
    """Rewards of the referrer by referral, the newest first. One query, none for no referrals."""
    if not referral_ids:
        return {}
    found: dict[int, tuple[FriendReward, ...]] = {}
    rows = Reward.objects.filter(referral__in=referral_ids, role=Reward.Role.REFERRER)
    for row in rows.select_related("promo_code__terms").order_by("-qualified_at", "-pk"):
        found[row.referral_id] = (*found.get(row.referral_id, ()), friend_reward(row, now=now))
    return found


def friend_reward(row: Reward, *, now: datetime) -> FriendReward:
    """`promo_code__terms` is best selected with the row."""
    return FriendReward(
        kind=row.kind,
        amount=row.amount,
        status=row.status,
        due_at=row.due_at,
        paid_at=row.paid_at,
        taken_back_amount=row.taken_back_amount,
        code=_earned(row, now=now),
    )


def _earned(row: Reward, *, now: datetime) -> EarnedCode | None:
    code = row.promo_code
    if code is None:
        return None
    state = CodeState.ACTIVE
    if code.uses:
        state = CodeState.USED
    elif code.switch is False:
        state = CodeState.WITHDRAWN
    elif code.terms.ends_at <= now:
        state = CodeState.EXPIRED
    return EarnedCode(code.code, state, code.terms.ends_at)
