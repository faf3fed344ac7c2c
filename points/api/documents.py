"""The ledger in the API's shape: whole points, moments with their offset."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from points.models import EarningAction, Entry
from points.queries import balance


def points_document(customer_id: int, *, now: datetime) -> dict[str, Any]:
    """What the customer has (PT-3). One query."""
    found = balance(customer_id, now=now)
    return {
        "available": found.available,
        "pending": found.pending,
        "debt": found.debt,
        "expiring": [{"amount": amount, "expires_at": _moment(moment)} for amount, moment in found.expiring],
    }


def entry_document(entry: Entry) -> dict[str, Any]:
    """`lot` is best selected with the entry; without one it is an entry of debt, which has no dates."""
    return {
        "id": entry.pk,
        "amount": entry.amount,
        "kind": entry.kind,
        "reason": entry.reason,
        "order": entry.order_ref.partition(":")[2] or None,
        "created_at": _moment(entry.posted_at),
        "available_from": _moment(entry.lot.available_from) if entry.lot else None,
        "expires_at": _moment(entry.lot.expires_at) if entry.lot else None,
    }


def posted_document(customer_id: int, entries: Iterable[Entry], *, now: datetime) -> dict[str, Any]:
    """What was written into the ledger, and what the customer has now."""
    return {
        "entries": [entry_document(entry) for entry in entries],
        "points": points_document(customer_id, now=now),
    }


def action_document(action: EarningAction) -> dict[str, Any]:
    return {
        "code": action.code,
        "name": action.name,
        "amount": action.amount,
        "life_days": action.life_days,
        "limit_per_customer": action.limit_per_customer,
        "is_active": action.is_active,
    }


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
