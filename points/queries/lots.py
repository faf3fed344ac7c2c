"""Lots that live: what pends, what expires when."""

from datetime import datetime

from points.models import Lot


def living_lots(customer_id: int | None, *, now: datetime) -> list[Lot]:
    """Lots with points left, pending ones too, the soonest to expire first. One query, none for a stranger (None)."""
    if customer_id is None:
        return []
    return list(
        Lot.objects.filter(account_id=customer_id, remaining__gt=0, expires_at__gt=now).order_by("expires_at", "pk")
    )
