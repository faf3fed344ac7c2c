"""What customers have without any promo code: whoever plans one wants to know (Q-2, PC-11)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from tiers.models import Card, DiscountStep
from tiers.queries.ladder import ladder


@dataclass(frozen=True)
class OwnPercent:
    """`source` is "tier", "cumulative", "order_total" or "card"; `code` and `name` are the tier's, empty for the rest.

    `discount` is percent off every line, the most that the source gives; `cashback` None: the programme's base rate.
    """

    source: str
    code: str
    name: str
    discount: Decimal
    cashback: Decimal | None = None


def own_percents() -> list[OwnPercent]:
    """Every tier, the lowest first, then the discount ladders and the personal cards. Four queries."""
    steps = dict(DiscountStep.objects.values("ladder").annotate(most=Max("percent")).values_list("ladder", "most"))
    card = Card.objects.filter(blocked_at=None, percent__gt=0).aggregate(most=Max("percent"))["most"]
    return [
        *(
            OwnPercent("tier", tier.code, tier.shown_name, tier.discount_percent, tier.cashback_percent)
            for tier in ladder().tiers
        ),
        *(OwnPercent(name, "", "", steps[name]) for name in DiscountStep.Ladder.values if name in steps),
        *([OwnPercent("card", "", "", card)] if card else []),
    ]
