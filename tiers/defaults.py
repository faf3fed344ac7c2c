"""The ladder a new shop begins with (T-1); staff edit it from there."""

from decimal import Decimal
from typing import Any

from django.apps import AppConfig

# code, name, name in English, from roubles, from orders, cashback, discount, free delivery, manager, early access
DEFAULT_TIERS = (
    ("standard", "Стандарт", "Standard", 0, 0, None, 0, False, False, False),
    ("silver", "Серебро", "Silver", 15_000, 5, 12, 3, False, False, False),
    ("gold", "Золото", "Gold", 50_000, 15, 15, 5, True, False, False),
    ("platinum", "Платина", "Platinum", 150_000, 40, 20, 7, True, True, True),
)


def make_default_ladder(sender: AppConfig | None = None, **signal: Any) -> None:
    """After migrations, and only where there is no tier at all."""
    from tiers.models import Ladder, Tier

    if Tier.objects.exists():
        return
    Ladder.objects.get_or_create(pk=1)
    Tier.objects.bulk_create(
        Tier(
            code=code,
            name=name,
            name_en=name_en,
            threshold_amount=Decimal(amount),
            threshold_orders=orders,
            cashback_percent=None if cashback is None else Decimal(cashback),
            discount_percent=Decimal(discount),
            ships_free=ships_free,
            has_manager=has_manager,
            has_early_access=has_early_access,
        )
        for code, name, name_en, amount, orders, cashback, discount, ships_free, has_manager, has_early_access in (
            DEFAULT_TIERS
        )
    )
