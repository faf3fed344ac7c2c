"""The page of invitations: the link, how it works, the friends and what they brought (R-1, R-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

import customers.queries
from loyalty_site.account.friend_words import friend_line
from loyalty_site.account.invitations import invitations
from loyalty_site.kernel.transactions import in_transaction
from orders.views import visitor
from referrals.queries import Friend, FriendState, Summary, friends
from referrals.services import see_news, show_name

PAGE = 20
GROUPS: dict[str, tuple[str | Promise, tuple[FriendState, ...]]] = {
    "": (pgettext_lazy("friends", "All"), tuple(FriendState)),
    "visited": (pgettext_lazy("friends", "Opened the link"), (FriendState.VISITED,)),
    "registered": (pgettext_lazy("friends", "Registered"), (FriendState.REGISTERED, FriendState.ORDERED)),
    "waiting": (pgettext_lazy("friends", "Waiting"), (FriendState.WAITING, FriendState.UNDER_REVIEW)),
    "paid": (pgettext_lazy("friends", "Reward paid"), (FriendState.PAID,)),
    "over": (
        pgettext_lazy("friends", "Without a reward"),
        (FriendState.CANCELLED, FriendState.REJECTED, FriendState.TAKEN_BACK),
    ),
}


@dataclass(frozen=True)
class Chip:
    """One group of friends to choose, with how many there are."""

    text: str | Promise
    query: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FriendList(Sequence[Friend]):
    """The friends of a group, for a paginator: counted already, fetched by the page."""

    customer_id: int
    states: tuple[FriendState, ...]
    total: int
    now: datetime

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, part: int) -> Friend: ...
    @overload
    def __getitem__(self, part: slice) -> list[Friend]: ...
    def __getitem__(self, part: int | slice) -> Friend | list[Friend]:
        if isinstance(part, int):
            return self._fetched(part, part + 1)[0]
        return self._fetched(part.start or 0, self.total if part.stop is None else part.stop)

    def _fetched(self, start: int, stop: int) -> list[Friend]:
        return friends(self.customer_id, now=self.now, states=self.states, limit=stop - start, offset=start)


@never_cache
@login_required
@require_GET
def referrals(request: HttpRequest) -> HttpResponse:
    """The group and the page stay in the address; what they cannot mean is the first of all."""
    customer = visitor.customer_of(request)
    if customer is None:
        return render(request, "account/referrals.html", {"customer": None})
    now = timezone.now()
    mine = invitations(customer, programme=customers.queries.programme(), now=now)
    group = request.GET.get("state", "")
    context = {"customer": customer, "invitations": mine}
    return render(request, "account/referrals.html", context | _listed(request, customer.pk, mine.summary, group, now))


@login_required
@require_POST
def name_shown(request: HttpRequest) -> HttpResponse:
    """The switch «show my name to friends»."""
    customer = visitor.customer_of(request)
    if customer is not None:
        key, shows = customer.pk, request.POST.get("shows_name") == "yes"
        in_transaction(lambda: show_name(customer_id=key, shows_name=shows, now=timezone.now()))
    return redirect("account:referrals")


@login_required
@require_POST
def news_seen(request: HttpRequest) -> HttpResponse:
    """What was told is seen; what was paid after the page was shown stays news."""
    customer, now = visitor.customer_of(request), timezone.now()
    if customer is not None:
        key, until = customer.pk, min(_moment(request.POST.get("until", "")) or now, now)
        in_transaction(lambda: see_news(customer_id=key, now=until))
    return redirect("account:overview" if request.POST.get("from") == "overview" else "account:referrals")


def _listed(request: HttpRequest, customer_id: int, found: Summary, group: str, now: datetime) -> dict[str, Any]:
    chosen = group if group in GROUPS else ""
    counts = {key: sum(found.states.get(state, 0) for state in states) for key, (_text, states) in GROUPS.items()}
    rows = FriendList(customer_id, GROUPS[chosen][1], counts[chosen], now)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "page_query": f"state={chosen}" if chosen else "",
        "rows": [friend_line(friend, now=now) for friend in page.object_list],
        "is_filtered": bool(chosen),
        "chips": [
            Chip(text, f"?state={key}" if key else "?", counts[key], key == chosen)
            for key, (text, _states) in GROUPS.items()
            if counts[key] or key in ("", chosen)
        ],
    }


def _moment(text: str) -> datetime | None:
    """None for what is no moment with its offset."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
