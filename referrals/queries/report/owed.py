"""Rewards that are earned and not paid yet: what the shop will owe if nothing comes between (R-6)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from loyalty_site.kernel.money import rounded
from referrals.models import Reward
from referrals.models.referral import RewardKind


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Rewards of one state: whole points, roubles of ambassadors, promo codes and what the fixed of them are worth."""

    rewards: int = 0
    points: int = 0
    money: Decimal = Decimal("0.00")
    codes: int = 0
    codes_amount: Decimal = Decimal("0.00")

    def worth(self, point_value: Decimal) -> Decimal:
        """In roubles. A percent off is worth what will be bought, so it counts for nothing here."""
        return rounded(self.points * point_value) + self.money + self.codes_amount


@dataclass(frozen=True, kw_only=True)
class Owed:
    """`waiting` for the end of the hold, `held` until staff decide."""

    waiting: Sums
    held: Sums


def owed_now() -> Owed:
    """Of the whole shop, whatever the period. One query, over what is open only."""
    found = {
        (row["status"], row["kind"]): (row["rewards"], row["amount"])
        for row in Reward.objects.filter(status__in=[Reward.Status.PENDING, Reward.Status.HELD])
        .order_by()
        .values("status", "kind")
        .annotate(rewards=Count("pk"), amount=Sum("amount"))
    }
    return Owed(waiting=_sums(found, Reward.Status.PENDING), held=_sums(found, Reward.Status.HELD))


def _sums(found: dict[tuple[str, str], tuple[int, Decimal]], status: str) -> Sums:
    def of(kind: str) -> tuple[int, Decimal]:
        return found.get((status, kind), (0, Decimal("0.00")))

    fixed, percent = of(RewardKind.FIXED_CODE), of(RewardKind.PERCENT_CODE)
    points, money = of(RewardKind.POINTS), of(RewardKind.MONEY)
    return Sums(
        rewards=fixed[0] + percent[0] + points[0] + money[0],
        points=int(points[1]),
        money=money[1],
        codes=fixed[0] + percent[0],
        codes_amount=fixed[1],
    )
