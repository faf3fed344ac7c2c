"""The history of an account."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from points.models import Entry


def entries(
    customer_id: int,
    *,
    kinds: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    order_ref: str = "",
    with_balance: bool = True,
) -> QuerySet[Entry]:
    """Newest first, each with its lot and `balance_after`: the sum of the account's entries up to it.

    Filters choose what is shown, not what is summed up. `since` is included, `until` is not. Who shows no balance
    saves its sums by `with_balance` False.
    """
    rows = Entry.objects.filter(account_id=customer_id).select_related("lot", "author")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if since:
        rows = rows.filter(posted_at__gte=since)
    if until:
        rows = rows.filter(posted_at__lt=until)
    if order_ref:
        rows = rows.filter(order_ref=order_ref)
    if not with_balance:
        return rows.order_by("-pk")
    earlier = Entry.objects.filter(account=OuterRef("account"), pk__lte=OuterRef("pk")).order_by()
    balance_after = earlier.values("account").annotate(total=Sum("amount")).values("total")
    return rows.annotate(balance_after=Coalesce(Subquery(balance_after), 0)).order_by("-pk")


def entries_of(fact: str) -> QuerySet[Entry]:
    """What was posted under the fact, in its order, each with its lot."""
    return Entry.objects.filter(fact=fact).select_related("lot").order_by("part")
