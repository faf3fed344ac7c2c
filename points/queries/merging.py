"""Points of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import points_text
from points.models import Entry, PendingAdjustment
from points.queries.balance import balance


def merge_facts(customer_id: int, *, now: datetime) -> list[tuple[str, str]]:
    found = balance(customer_id, now=now)
    return [(_("Points"), points_text(found.available + found.pending)), (_("Debt"), points_text(found.debt))]


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    waiting = PendingAdjustment.objects.filter(customer=absorbed_id).count()
    if not Entry.objects.filter(account=absorbed_id).exists():
        return [{"part": "points", "points": 0, "debt": 0, "paid": 0, "waiting": waiting}] if waiting else []
    both = [balance(customer_id, now=now) for customer_id in (survivor_id, absorbed_id)]
    points = sum(found.available + found.pending for found in both)
    debt = sum(found.debt for found in both)
    return [{"part": "points", "points": points, "debt": debt, "paid": min(points, debt), "waiting": waiting}]
