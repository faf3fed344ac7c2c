"""Q-5 and Q-6: what points pay, what is earned, and why not more."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty_site.kernel.money import ZERO, floored, rounded, split_amount, split_units
from orders.rules.discounts import Draft
from orders.rules.facts import HUNDRED, AppliedCode, EarnTerms, PointsTerms, PricingPolicy
from orders.rules.quote import Step

# The ledger takes no more in one posting, so no order promises or spends more.
MOST = 100_000_000


@dataclass(frozen=True)
class PaidWithPoints:
    """Points spent, points that could be; the money and the points of each line.

    `allowed` is what the programme's cap leaves, whatever the balance.
    """

    spent: int
    spendable: int
    money: tuple[Decimal, ...]
    counts: tuple[int, ...]
    allowed: int = 0

    @property
    def total(self) -> Decimal:
        return sum(self.money, ZERO)


def paid_with_points(drafts: Sequence[Draft], points: PointsTerms) -> PaidWithPoints:
    """Q-5: the cap is taken of the goods that points may pay for. Money is shared out in kopecks, so that no line goes
    below zero (M-2).
    """
    weights = [_payable(draft) for draft in drafts]
    allowed = floored(sum(weights, ZERO) * points.cap_percent / HUNDRED / points.point_value)
    spendable = min(max(points.available, 0), allowed, MOST)
    spent = min(points.asked, spendable)
    money = split_amount(rounded(spent * points.point_value), weights)
    return PaidWithPoints(spent, spendable, tuple(money), tuple(split_units(spent, weights)), allowed)


def points_steps(points: PointsTerms, paid: PaidWithPoints, drafts: Sequence[Draft]) -> list[Step]:
    """What points pay; a second step says why not more, where the customer has or asks for more."""
    params = {"count": paid.spent, "sum": str(paid.total), "asked": points.asked}
    if paid.spent < points.asked:
        steps = [Step("points", paid.spent > 0, paid.total, "points_fewer", params)]
    elif not paid.spent:
        steps = [Step("points", False, None, "points_none")]
    else:
        steps = [Step("points", True, paid.total, "points", params)]
    limit = _limit(points, paid, drafts)
    return steps if limit is None else [*steps, Step("points", False, None, "points_limit", limit)]


def earned(
    drafts: Sequence[Draft],
    paid: Sequence[Decimal],
    code: AppliedCode | None,
    earn: EarnTerms,
    policy: PricingPolicy,
) -> tuple[list[Decimal], int]:
    """Rates by line, and the points of the whole order, floored once (M-3)."""
    scope = code.in_scope if code else (False,) * len(drafts)
    rates = [_rate(draft, inside, code, earn, policy) for draft, inside in zip(drafts, scope, strict=True)]
    exact = sum(
        ((draft.amount - money) * rate / HUNDRED for draft, money, rate in zip(drafts, paid, rates, strict=True)),
        ZERO,
    )
    return rates, min(floored(exact), MOST)


def earn_step(count: int, rates: Sequence[Decimal], earn: EarnTerms, *, is_guest: bool) -> Step:
    """The tier is named where it is its rate that the points come from. A guest would earn as a customer."""
    params: dict[str, Any] = {"count": count}
    if not count:
        return Step("earn", False, None, "earn_none", params)
    if is_guest:
        return Step("earn", False, None, "earn_guest", params)
    if earn.tier_percent is not None and earn.tier and set(rates) <= {earn.tier_percent, ZERO}:
        params |= {"percent": str(earn.tier_percent), "tier": earn.tier}
        return Step("earn", True, None, "earn_tier", params)
    return Step("earn", True, None, "earn", params)


def _limit(points: PointsTerms, paid: PaidWithPoints, drafts: Sequence[Draft]) -> dict[str, Any] | None:
    """Why no more than `spendable`: None where nobody could want more."""
    if points.is_guest:
        return {"by": "guest"} if points.asked else None
    if max(points.asked, points.available) <= paid.spendable:
        return None
    params: dict[str, Any] = {"spendable": paid.spendable, "available": max(points.available, 0)}
    if points.available <= paid.allowed:
        return {"by": "balance", **params}
    excluded = [draft.line.name for draft in drafts if not draft.line.payable_with_points]
    if len(excluded) == len(drafts):
        return {"by": "goods", **params}
    return {"by": "cap", "percent": str(points.cap_percent), "names": excluded, **params}


def _payable(draft: Draft) -> Decimal:
    return draft.amount if draft.line.payable_with_points else ZERO


def _rate(
    draft: Draft,
    inside: bool,
    code: AppliedCode | None,
    earn: EarnTerms,
    policy: PricingPolicy,
) -> Decimal:
    """Q-6: the code's cashback, else the tier's, else the base; an excluded category earns nothing."""
    if not draft.line.earns_points:
        return ZERO
    if code is None or code.type != "cashback" or code.value is None or not inside:
        return earn.current
    return max(code.value, earn.current) if policy.keeps_better else code.value
