"""Promo codes of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from promocodes.models import PromoCode, Redemption


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    codes = PromoCode.objects.filter(customer=absorbed_id).count()
    uses = Redemption.objects.filter(customer=absorbed_id).count()
    return [{"part": "codes", "codes": codes, "uses": uses}] if codes or uses else []
