"""The page of tiers: the ladder side by side, the way up, what happened, membership (T-3, T-5)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import customers.queries
from loyalty_site.account.tier_view import TierView, tier_view
from loyalty_site.account.tier_words import brings, threshold_text
from orders.models import Product
from orders.queries import storefront
from orders.views import visitor
from tiers.models import MembershipPlan, Tier, TierChange
from tiers.queries import LadderView, changes, ladder, memberships
from tiers.queries.plans import plans_on_sale
from tiers.rules import Basis

LATEST = 20


@dataclass(frozen=True)
class Rung:
    """One tier of the ladder. `is_own`: the one whose privileges the customer has; `badge` says why."""

    name: str
    threshold: str
    brings: list[str]
    is_own: bool
    badge: str


@dataclass(frozen=True)
class OfferedPlan:
    """A membership on sale: the goods to put into the basket, and what they bring."""

    plan: MembershipPlan
    product: Product
    brings: list[str]


@never_cache
@login_required
@require_GET
def tiers(request: HttpRequest) -> HttpResponse:
    customer = visitor.customer_of(request)
    if customer is None:
        return render(request, "account/tiers.html", {"customer": None})
    now = timezone.now()
    base = customers.queries.programme().base_earn_percent
    own, rungs = tier_view(customer.pk, base_percent=base, now=now), ladder()
    history = list(changes(customer.pk)[:LATEST])
    context = {
        "customer": customer,
        "tier": own,
        "ladder": rungs,
        "by_orders": rungs.basis == Basis.ORDERS,
        "rungs": _rungs(rungs, own, base),
        "changes": history,
        "plans": offered_plans(base),
        "memberships": list(memberships(customer.pk, now=now)),
        "first_change": _began(own, history),
    }
    return render(request, "account/tiers.html", context)


def _badge(tier: Tier, own: TierView) -> str:
    """Where the customer stands; under a better membership both that and what the purchases have earned."""
    if tier.shown_name == own.name:
        return _("by membership") if own.is_lifted else _("you are here")
    return _("by purchases") if tier.code == own.standing.code else ""


def _rungs(rungs: LadderView, own: TierView, base: Decimal) -> list[Rung]:
    by_orders = rungs.basis == Basis.ORDERS
    return [
        Rung(
            tier.shown_name,
            threshold_text(tier, by_orders=by_orders),
            brings(tier, base_percent=base),
            tier.shown_name == own.name,
            _badge(tier, own),
        )
        for tier in rungs.tiers
    ]


def offered_plans(base: Decimal) -> list[OfferedPlan]:
    """Plans on sale whose goods are on sale, too. Two queries, one when there are no plans."""
    plans = plans_on_sale()
    if not plans:
        return []
    goods = {product.sku: product for product in storefront.goods().filter(sku__in=[plan.sku for plan in plans])}
    return [
        OfferedPlan(plan, goods[plan.sku], brings(plan.tier, base_percent=base)) for plan in plans if plan.sku in goods
    ]


def _began(own: TierView, history: list[TierChange]) -> datetime | None:
    """Since when a customer without any move stands where everybody begins."""
    return None if history else own.standing.since
