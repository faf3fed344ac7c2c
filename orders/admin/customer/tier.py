"""The tier on the customer's page: where he stands and why, his cards and memberships (T-3, CU-10)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import customers.queries
import tiers.queries
from customers.models import Customer
from orders.queries import admin_links
from tiers.queries import CountedPurchase, NextTier, StandingView
from tiers.queries.brings import brings_text
from tiers.rules.why import Lack, Loss, WhyFacts, why

SHOWN = 20


def tier_story(customer: Customer, *, now: datetime) -> dict[str, Any]:
    """What `tiers/admin/_customer.html` shows."""
    standing = tiers.queries.standing(customer.pk, now=now)
    purchases = tiers.queries.counted_purchases(customer.pk, now=now)
    memberships = list(tiers.queries.memberships(customer.pk, now=now)[:SHOWN])
    changes = list(tiers.queries.changes(customer.pk)[:SHOWN])
    refs = {row.ref for row in purchases[:SHOWN]}
    refs |= {row.order_ref for row in [*memberships, *changes] if row.order_ref}
    base = customers.queries.programme().base_earn_percent
    links = admin_links(refs) if refs else {}
    upper = _upper(standing)
    return {
        "standing": standing,
        "why": why(why_facts(standing, purchases)),
        "progress": _progress(standing),
        "tier_purchases": [(row, links.get(row.ref)) for row in purchases[:SHOWN]],
        "tier_purchase_count": len(purchases),
        "tier_changes": [(row, links.get(row.order_ref)) for row in changes],
        "tier_memberships": [(row, links.get(row.order_ref)) for row in memberships],
        "cards": customer.cards.order_by("-pk")[:SHOWN],
        "tier_brings": brings_text(standing.tier, base),
        "upper": upper,
        "next_brings": brings_text(upper.tier, base) if upper else "",
    }


def why_facts(standing: StandingView, purchases: Sequence[CountedPurchase]) -> WhyFacts:
    upper, keep, paid = _upper(standing), standing.to_keep, standing.membership
    return WhyFacts(
        tier=standing.name,
        upper=Lack(upper.name, upper.missing_amount, upper.missing_orders) if upper else None,
        loss=_first_loss(standing, purchases),
        lapses_at=standing.lapses_at,
        lapses_to=standing.lapses_to.shown_name if standing.lapses_to else "",
        keep=Lack(keep.name, keep.missing_amount, keep.missing_orders) if keep else None,
        membership=paid.plan.name if paid else "",
        membership_tier=paid.tier.shown_name if paid else "",
        membership_until=paid.ends_at if paid else None,
    )


def _first_loss(standing: StandingView, purchases: Sequence[CountedPurchase]) -> Loss | None:
    """The purchases that stop counting next, those of one day together."""
    if not purchases:
        return None
    first = min(row.counts_until for row in purchases)
    lost = [row for row in purchases if row.counts_until.date() == first.date()]
    amount = sum((row.amount for row in lost), Decimal(0))
    own = _height(standing, standing.tier)
    left = standing.spent - amount if standing.basis == "spend" else Decimal(standing.orders - len(lost))
    is_below = standing.lapses_at is None and bool(own) and _counted(standing) >= own > left
    return Loss(first, len(lost), amount, is_below)


def _progress(standing: StandingView) -> dict[str, Any] | None:
    """The way from nothing to the next tier: what counts, what it takes, whole percents."""
    upper = _upper(standing)
    if upper is None:
        return None
    wanted, counted = _height(standing, upper.tier), _counted(standing)
    return {"counted": counted, "wanted": wanted, "percent": min(int(counted * 100 / wanted), 100) if wanted else 100}


def _upper(standing: StandingView) -> NextTier | None:
    """The tier ahead: the one that the next review lifts him to, else the next one up."""
    return standing.rises_to or standing.next


def _height(standing: StandingView, tier: Any) -> Decimal:
    value = tier.threshold_amount if standing.basis == "spend" else tier.threshold_orders
    return Decimal(value or 0)


def _counted(standing: StandingView) -> Decimal:
    return standing.spent if standing.basis == "spend" else Decimal(standing.orders)
