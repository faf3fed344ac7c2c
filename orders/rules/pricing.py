"""Q-1 … Q-6: the price of a basket, step by step. Pure: the same input gives the same quote (Q-7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from loyalty_site.kernel.money import ZERO, floored, rounded, split_amount, split_units
from orders.rules.discounts import (
    Draft,
    automatic_steps,
    shipping_saved,
    with_automatic,
    with_code,
)
from orders.rules.facts import (
    HUNDRED,
    AppliedCode,
    EarnTerms,
    LineInput,
    PointsTerms,
    PricingPolicy,
)
from orders.rules.quote import CodeOutcome, PricedLine, Quote, Step


@dataclass(frozen=True)
class PaidWithPoints:
    """Points spent, points that could be; the money and the points of each line."""

    spent: int
    spendable: int
    money: tuple[Decimal, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.money, ZERO)


NO_POINTS = PointsTerms()
BASE_EARN = EarnTerms()
PLAIN_POLICY = PricingPolicy()


def price(
    lines: Sequence[LineInput],
    *,
    code: AppliedCode | None = None,
    rejected: CodeOutcome | None = None,
    points: PointsTerms = NO_POINTS,
    earn: EarnTerms = BASE_EARN,
    policy: PricingPolicy = PLAIN_POLICY,
) -> Quote:
    """The quote for `lines`: with `code`, whose conditions the caller has judged, or with the refusal `rejected`."""
    drafts, code_steps = with_code([with_automatic(line) for line in lines], code, policy)
    delivery, delivery_step = _delivery(code, policy)
    paid = _paid_with_points(drafts, points)
    rates, earned = _earned(drafts, paid.money, code, earn, policy)
    if code and code.type == "cashback" and earned < _earned(drafts, paid.money, None, earn, policy)[1]:
        code_steps.append(Step("promo_code", True, None, "code_worse_cashback", {"code": code.code}))
    goods = sum((line.subtotal for line in lines), ZERO)
    discount = sum((draft.discount for draft in drafts), ZERO)
    return Quote(
        lines=tuple(map(_priced, drafts, paid.money, paid.counts, rates)),
        goods_total=goods,
        discount_total=discount,
        delivery_price=policy.delivery_price,
        delivery_total=delivery,
        points_spent=paid.spent,
        points_discount=paid.total,
        total=goods - discount - paid.total + delivery,
        points_to_earn=earned,
        points_available=points.available,
        points_spendable=paid.spendable,
        promo_code=_outcome(code, rejected, drafts, code_steps, policy),
        explanation=(
            _goods_step(lines, goods),
            *automatic_steps(drafts),
            *(code_steps or [_without_code(rejected)]),
            delivery_step,
            _points_step(points.asked, paid),
            Step("earn", earned > 0, None, "earn" if earned else "earn_none", {"count": earned}),
        ),
    )


def _goods_step(lines: Sequence[LineInput], goods: Decimal) -> Step:
    pieces = sum(line.quantity for line in lines)
    return Step("goods", True, goods, "goods", {"count": pieces, "sum": str(goods)})


def _without_code(rejected: CodeOutcome | None) -> Step:
    if rejected is None:
        return Step("promo_code", False, None, "code_none")
    return Step("promo_code", False, None, "code_rejected", {"message": str(rejected.message)})


def _delivery(code: AppliedCode | None, policy: PricingPolicy) -> tuple[Decimal, Step]:
    """Q-4."""
    cost = policy.delivery_price
    if not cost:
        return ZERO, Step("delivery", True, ZERO, "delivery_none")
    if policy.ships_free:
        return ZERO, Step("delivery", True, ZERO, "delivery_free", {"price": str(cost), "by": "tier"})
    if code is None or code.type != "free_shipping":
        return cost, Step("delivery", True, cost, "delivery", {"sum": str(cost)})
    left = cost - shipping_saved(code, policy)
    if left:
        return left, Step(
            "delivery",
            True,
            left,
            "delivery_cut",
            {"sum": str(left), "price": str(cost)},
        )
    return ZERO, Step(
        "delivery",
        True,
        ZERO,
        "delivery_free",
        {"price": str(cost), "by": "promo_code"},
    )


def _payable(draft: Draft) -> Decimal:
    return draft.amount if draft.line.payable_with_points else ZERO


def _paid_with_points(drafts: Sequence[Draft], points: PointsTerms) -> PaidWithPoints:
    """Q-5: the cap is taken of the goods that points may pay for. Money is shared out in kopecks, so that no line goes
    below zero (M-2).
    """
    weights = [_payable(draft) for draft in drafts]
    allowed = floored(sum(weights, ZERO) * points.cap_percent / HUNDRED / points.point_value)
    spendable = min(max(points.available, 0), allowed)
    spent = min(points.asked, spendable)
    money = split_amount(rounded(spent * points.point_value), weights)
    return PaidWithPoints(spent, spendable, tuple(money), tuple(split_units(spent, weights)))


def _points_step(asked: int, paid: PaidWithPoints) -> Step:
    params = {"count": paid.spent, "sum": str(paid.total), "asked": asked}
    if paid.spent < asked:
        return Step("points", paid.spent > 0, paid.total, "points_fewer", params)
    if not paid.spent:
        return Step("points", False, None, "points_none")
    return Step("points", True, paid.total, "points", params)


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


def _earned(
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
    return rates, floored(exact)


def _priced(draft: Draft, money: Decimal, count: int, rate: Decimal) -> PricedLine:
    line = draft.line
    return PricedLine(
        sku=line.sku,
        name=line.name,
        category=line.category,
        quantity=line.quantity,
        unit_price=line.unit_price,
        compare_at_price=line.compare_at_price,
        subtotal=line.subtotal,
        discount=draft.discount,
        points_spent=count,
        points_discount=money,
        total=draft.amount - money,
        earn_rate=rate,
        discounts=draft.discounts,
    )


def _outcome(
    code: AppliedCode | None,
    rejected: CodeOutcome | None,
    drafts: Sequence[Draft],
    steps: Sequence[Step],
    policy: PricingPolicy,
) -> CodeOutcome | None:
    if code is None:
        return rejected
    by_code = sum((draft.by_code for draft in drafts), ZERO)
    return CodeOutcome(
        code=code.code,
        status="applied",
        type=code.type,
        worse_than_current=any(step.key.startswith("code_worse") for step in steps),
        discount=by_code if code.type != "free_shipping" else shipping_saved(code, policy),
        promo_code_id=code.promo_code_id,
    )
