"""Q-1 … Q-6: the price of a basket, step by step. Pure: the same input gives the same quote (Q-7)."""

from collections.abc import Sequence
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
    automatic = [with_automatic(line) for line in lines]
    drafts, code_steps = with_code(automatic, code, policy)
    delivery, delivery_step = _delivery(code, policy)
    spendable = _spendable(drafts, points)
    spent = min(points.asked, spendable)
    point_parts, count_parts = _spread_points(drafts, spent, points.point_value)
    rates, earned = _earned(drafts, point_parts, code, earn, policy)
    priced = tuple(
        _priced(draft, money, count, rate)
        for draft, money, count, rate in zip(drafts, point_parts, count_parts, rates, strict=True)
    )
    if code and code.type == "cashback" and earned < _earned(drafts, point_parts, None, earn, policy)[1]:
        code_steps.append(Step("promo_code", True, None, "code_worse_cashback", {"code": code.code}))
    goods = sum((line.subtotal for line in lines), ZERO)
    discount = sum((line.discount for line in priced), ZERO)
    paid_with_points = sum(point_parts, ZERO)
    return Quote(
        lines=priced,
        goods_total=goods,
        discount_total=discount,
        delivery_price=policy.delivery_price,
        delivery_total=delivery,
        points_spent=spent,
        points_discount=paid_with_points,
        total=goods - discount - paid_with_points + delivery,
        points_to_earn=earned,
        points_available=points.available,
        points_spendable=spendable,
        promo_code=_outcome(code, rejected, drafts, code_steps, policy),
        explanation=(
            Step(
                "goods",
                True,
                goods,
                "goods",
                {"count": sum(line.quantity for line in lines), "sum": str(goods)},
            ),
            *automatic_steps(drafts),
            *(code_steps or [_without_code(rejected)]),
            delivery_step,
            _points_step(points, spent, paid_with_points),
            Step("earn", earned > 0, None, "earn" if earned else "earn_none", {"count": earned}),
        ),
    )


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


def _spendable(drafts: Sequence[Draft], points: PointsTerms) -> int:
    """Q-5: the cap is taken of the goods that points may pay for, after discounts."""
    payable = sum((_payable(draft) for draft in drafts), ZERO)
    return min(
        max(points.available, 0),
        floored(payable * points.cap_percent / HUNDRED / points.point_value),
    )


def _spread_points(drafts: Sequence[Draft], spent: int, point_value: Decimal) -> tuple[list[Decimal], list[int]]:
    """The money and the points of each line. Money is shared out in kopecks, so that no line goes below zero (M-2)."""
    weights = [_payable(draft) for draft in drafts]
    return split_amount(rounded(spent * point_value), weights), split_units(spent, weights)


def _points_step(points: PointsTerms, spent: int, money: Decimal) -> Step:
    params = {"count": spent, "sum": str(money), "asked": points.asked}
    if spent < points.asked:
        return Step("points", spent > 0, money, "points_fewer", params)
    return Step("points", True, money, "points", params) if spent else Step("points", False, None, "points_none")


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
