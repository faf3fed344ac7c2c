"""The history of points, and what expires when."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import customers.queries
from loyalty_site.account.ledger import rows_of
from orders.views import visitor
from points.models import Lot
from points.queries import balance, entries, living_lots
from points.rules import EntryKind

PAGE, SOONEST = 20, 8
# A debt is paid by two entries that change no balance: its owner sees it where the points came in.
KINDS: dict[str, tuple[str | Promise, tuple[EntryKind, ...]]] = {
    "": (_("All movements"), tuple(kind for kind in EntryKind if kind != EntryKind.DEBT)),
    "earned": (pgettext_lazy("points", "Earned"), (EntryKind.EARN,)),
    "spent": (_("Spent and returned"), (EntryKind.SPEND, EntryKind.RETURN)),
    "taken_back": (_("Taken back"), (EntryKind.TAKE_BACK,)),
    "expired": (pgettext_lazy("points", "Expired"), (EntryKind.EXPIRE,)),
    "corrected": (_("Corrections"), (EntryKind.ADJUST,)),
}
PERIODS: dict[str, tuple[str | Promise, int | None]] = {
    "": (_("All the time"), None),
    "30": (_("30 days"), 30),
    "90": (_("3 months"), 90),
    "365": (_("A year"), 365),
}


@dataclass(frozen=True)
class Choice:
    """One value of a filter, with the address that chooses it."""

    text: str | Promise
    query: str
    is_chosen: bool


@never_cache
@login_required
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first. What the filters say stays in the address; what they cannot mean is no filter."""
    customer = visitor.customer_of(request)
    if customer is None:
        return render(request, "account/points.html", {"customer": None})
    now = timezone.now()
    chosen = {"kind": _known(request, "kind", KINDS), "period": _known(request, "period", PERIODS)}
    days = PERIODS[chosen["period"]][1]
    found = entries(customer.pk, kinds=KINDS[chosen["kind"]][1], since=now - timedelta(days=days) if days else None)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    has, lots = balance(customer.pk, now=now), living_lots(customer.pk, now=now)
    ends = expiries(lots)
    context = {
        "customer": customer,
        "balance": has,
        "balance_money": has.available * customers.queries.programme().point_value,
        "page": page,
        "page_query": urlencode({name: value for name, value in chosen.items() if value}),
        "rows": rows_of(page.object_list),
        "is_filtered": any(chosen.values()),
        "kinds": [Choice(text, _query(chosen, kind=key), key == chosen["kind"]) for key, (text, _k) in KINDS.items()],
        "periods": [
            Choice(text, _query(chosen, period=key), key == chosen["period"]) for key, (text, _d) in PERIODS.items()
        ],
        "expiries": ends[:SOONEST],
        "later": ends[SOONEST:],
        "pending": [lot for lot in lots if lot.available_from > now],
    }
    return render(request, "account/points.html", context)


def expiries(lots: Sequence[Lot]) -> list[tuple[datetime, int]]:
    """(moment, points) of what expires, the soonest first; lots that end together are one."""
    sums: dict[datetime, int] = {}
    for lot in lots:
        sums[lot.expires_at] = sums.get(lot.expires_at, 0) + lot.remaining
    return sorted(sums.items())


def _known(request: HttpRequest, name: str, choices: Container[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in choices else ""


def _query(chosen: dict[str, str], **changed: str) -> str:
    """The address of this page with one filter changed, on its first page."""
    kept = {name: value for name, value in {**chosen, **changed}.items() if value}
    return f"?{urlencode(kept)}"
