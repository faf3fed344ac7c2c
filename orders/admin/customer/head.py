"""Who the customer is and how he stands: what the top of his page shows, and what it warns of (CU-10)."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

import customers.queries
import points.queries
from customers.models import Customer, Duplicate, ErasureRequest, Merge

DUPLICATES_SHOWN = 3


def head(request: HttpRequest, customer: Customer, *, now: datetime) -> dict[str, Any]:
    """Seven queries at most."""
    bought = customer.purchases.aggregate(
        count=Count("pk"), goods=Sum("goods_amount"), refunded=Sum("refunded_amount"), discount=Sum("discount_amount")
    )
    has_points = request.user.has_perm("points.view_entry")
    return {
        "bought": bought,
        "kept": (bought["goods"] or 0) - (bought["refunded"] or 0),
        "rfm": customers.queries.rfm_of(customer.pk, now=now),
        "has": points.queries.balance(customer.pk, now=now) if has_points else None,
        "phone_shown": customer.phone.as_international if customer.phone else "",
        "tags": customer.tagged.select_related("tag", "added_by").order_by("tag__name"),
        "links": _links(request, customer),
        **_warnings(request, customer),
    }


def is_living(customer: Customer) -> bool:
    return customer.merged_into_id is None and customer.erased_at is None


def _warnings(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Merged, asked to be forgotten, possibly here twice."""
    merges = Merge.objects.filter(survivor=customer).order_by("-merged_at")
    doubtful = Duplicate.objects.filter(Q(first=customer) | Q(second=customer), state=Duplicate.State.OPEN)
    may_see = request.user.has_perm("customers.view_duplicate")
    waiting = ErasureRequest.objects.filter(customer=customer, cancelled_at=None, done_at=None)
    return {
        "is_living": is_living(customer),
        "absorbed": list(merges.values_list("absorbed", flat=True)[:20]),
        "erasure": waiting.select_related("asked_by").first(),
        "duplicates": [
            (pair.pk, pair.second if pair.first_id == customer.pk else pair.first)
            for pair in doubtful.select_related("first", "second").order_by("-score", "pk")[:DUPLICATES_SHOWN]
        ]
        if may_see
        else [],
    }


def _links(request: HttpRequest, customer: Customer) -> list[tuple[str, str, str]]:
    """(address, words, class) of what may be done on other pages."""
    living, may, key = is_living(customer), request.user.has_perm, customer.pk
    offered: list[tuple[bool, str, str, str]] = [
        (living and may("points.adjust_points"), "admin:points_customer_correct", _("Grant points"), ""),
        (living and may("promocodes.add_promocode"), "admin:customers_customer_code", _("Give a code"), ""),
        (living and may("customers.merge_customer"), "admin_customer_merge", _("Merge…"), ""),
        (may("customers.export_customer"), "admin_customer_download", _("Download the data"), ""),
        (living and may("customers.erase_customer"), "admin_customer_erase", _("Forget…"), "bo-btn--bad"),
    ]
    found = []
    if living and may("orders.add_order"):
        found.append((f"{reverse('admin:orders_order_add')}?customer={key}", _("New order"), "bo-btn--primary"))
    for allowed, name, words, look in offered:
        address = _address(name, key) if allowed else ""
        if address:
            found.append((address, words, look))
    return found


def _address(name: str, *args: Any) -> str:
    """Empty for a page that this shop does not have."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
