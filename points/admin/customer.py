"""The part on points of a customer's page: what he has, what expires, and how it came about (PT-3, CU-10)."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from points.admin import words
from points.admin.ports import order_links
from points.models import Entry, PendingAdjustment
from points.queries import balance, entries, living_lots

LOTS_SHOWN = 50
PAGE = 20
MOST_PAGES = 10_000


def customer_points(request: HttpRequest, customer_id: int) -> dict[str, Any] | None:
    """`points` of `points/admin/_customer.html`; None for those who may not look at points. Five queries.

    `?points_kind=` keeps entries of one kind, `?points_page=` goes back in time.
    """
    if not request.user.has_perm("points.view_entry"):
        return None
    now = timezone.now()
    kind, number = _asked_kind(request), _asked_page(request)
    first = (number - 1) * PAGE
    found = list(entries(customer_id, kinds=[kind] if kind else ())[first : first + PAGE + 1])
    lots = living_lots(customer_id, now=now)
    shown = found[:PAGE]
    links = order_links([*(entry.order_ref for entry in shown), *(lot.order_ref for lot in lots)])
    waiting = PendingAdjustment.objects.filter(customer_id=customer_id, decided_at=None)
    return {
        "balance": balance(customer_id, now=now),
        "lots": [{"lot": lot, "order": links.get(lot.order_ref)} for lot in lots[:LOTS_SHOWN]],
        "has_more_lots": len(lots) > LOTS_SHOWN,
        "entries": [_told(entry, links) for entry in shown],
        "kinds": Entry.Kind.choices,
        "kind": kind,
        "newer": number - 1,
        "older": number + 1 if len(found) > PAGE else 0,
        "waiting": waiting.order_by("pk")[:10],
        "now": now,
    }


def _asked_kind(request: HttpRequest) -> str:
    asked = request.GET.get("points_kind", "")
    return asked if asked in Entry.Kind.values else ""


def _asked_page(request: HttpRequest) -> int:
    asked = request.GET.get("points_page", "")
    return max(1, min(int(asked), MOST_PAGES)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def _told(entry: Any, links: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry": entry,
        "badge": words.kind_badge(entry),
        "why": words.why(entry),
        "author": words.author(entry),
        "order": links.get(entry.order_ref),
        "balance": entry.balance_after,
        "until": entry.lot.expires_at if entry.lot and entry.amount > 0 else None,
    }
