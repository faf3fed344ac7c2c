"""Where a customer stands, why, and how far the next tier is (T-3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import F, QuerySet

from customers.models import Purchase
from tiers.models import Membership, Tier, TierChange
from tiers.queries.counting import COUNTED, LADDER
from tiers.queries.ladder import LadderView, ladder_of, terms_of
from tiers.queries.memberships import LIVE, memberships
from tiers.rules import Basis, Missing, Progress, TierTerms, deserved, height, missing, next_after


@dataclass(frozen=True)
class NextTier:
    """What is missing for the tier; what the ladder does not count is None."""

    code: str
    name: str
    missing_amount: Decimal | None
    missing_orders: int | None
    tier: Tier


@dataclass(frozen=True)
class StandingView:
    """The tier a customer has earned, and what counts for it: `spent` roubles and `orders`.

    `rises_to`: he deserves a higher tier already, by an import or an edit of the ladder, and the next nightly review
    lifts him to it; None otherwise.
    `lapses_at`: he has been told that he goes down to `lapses_to` then; `to_keep` is what would keep him.
    `membership` lies over it: the live one of the highest tier, with `paid_until`.
    """

    code: str
    name: str
    since: datetime
    spent: Decimal
    orders: int
    next: NextTier | None
    rises_to: NextTier | None
    lapses_at: datetime | None
    lapses_to: Tier | None
    to_keep: NextTier | None
    membership: Membership | None
    tier: Tier
    basis: Basis


@dataclass(frozen=True)
class CountedPurchase:
    """`amount` was paid for goods and not given back; it counts until before `counts_until`."""

    ref: str
    paid_at: datetime
    amount: Decimal
    counts_until: datetime


def standing(customer_id: int, *, now: datetime) -> StandingView:
    """Four queries. Raises LookupError for a customer who is not there."""
    tiers = list(Tier.objects.order_by("pk"))
    rungs = ladder_of(tiers)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"customer": customer_id, "now": now})
        row = cursor.fetchone()
    if row is None:
        raise LookupError(customer_id)
    registered_at, tier_id, since, lapses_at, spent, orders = row
    known = {tier.pk: tier for tier in tiers}
    tier = known.get(tier_id, rungs.tiers[0])
    progress = Progress(spent, orders)
    upper = next_after(rungs.terms, terms_of(tier))
    merits = deserved(rungs.terms, progress)
    is_lapsing = lapses_at is not None and merits.code != tier.code
    is_rising = is_higher(rungs.basis, merits, terms_of(tier))
    return StandingView(
        code=tier.code,
        name=tier.shown_name,
        since=since or registered_at,
        spent=spent,
        orders=orders,
        next=_next(rungs, upper.code, progress) if upper else None,
        rises_to=_next(rungs, merits.code, progress) if is_rising else None,
        lapses_at=lapses_at if is_lapsing else None,
        lapses_to=_tier(rungs, merits.code) if is_lapsing else None,
        to_keep=_next(rungs, tier.code, progress) if is_lapsing and tier.is_active else None,
        membership=_live(customer_id, rungs.basis, now),
        tier=tier,
        basis=rungs.basis,
    )


def is_higher(basis: Basis, merits: TierTerms, own: TierTerms) -> bool:
    """As the review judges it: nobody is lifted from a tier whose height is not known."""
    deserves, stands = height(basis, merits), height(basis, own)
    return deserves is not None and stands is not None and deserves > stands


def _tier(rungs: LadderView, code: str) -> Tier:
    return next(tier for tier in rungs.tiers if tier.code == code)


def _next(rungs: LadderView, code: str, progress: Progress) -> NextTier:
    tier = _tier(rungs, code)
    lack: Missing = missing(rungs.terms, terms_of(tier), progress)
    return NextTier(code, tier.shown_name, lack.amount, lack.orders, tier)


def _live(customer_id: int, basis: Basis, now: datetime) -> Membership | None:
    live = [found for found in memberships(customer_id, now=now) if found.state == LIVE]
    return max(live, key=lambda found: height(basis, terms_of(found.tier)) or Decimal(-1), default=None)


def counted_purchases(customer_id: int, *, now: datetime) -> list[CountedPurchase]:
    """What counts now, newest first: “why am I still Silver?”. Two queries."""
    window = timedelta(days=ladder_of([]).window_days)
    rows = Purchase.objects.filter(
        customer=customer_id, paid_at__gt=now - window, paid_at__lte=now, goods_amount__gt=F("refunded_amount")
    )
    return [
        CountedPurchase(row.ref, row.paid_at, row.goods_amount - row.refunded_amount, row.paid_at + window)
        for row in rows.order_by("-paid_at", "-pk")
    ]


def changes(customer_id: int) -> QuerySet[TierChange]:
    """The history of tiers, newest first, with the tiers and the author."""
    rows = TierChange.objects.filter(customer=customer_id)
    return rows.select_related("from_tier", "to_tier", "author").order_by("-pk")


FACTS = f"""
WITH {LADDER}, {COUNTED.format(whose="p.customer_id = %(customer)s")}
SELECT c.registered_at, s.tier_id, s.since, s.lapses_at, COALESCE(counted.spent, 0.00), COALESCE(counted.orders, 0)
FROM customers_customer c
LEFT JOIN tiers_standing s ON s.customer_id = c.id
LEFT JOIN counted ON counted.customer_id = c.id
WHERE c.id = %(customer)s
"""  # noqa: S608
