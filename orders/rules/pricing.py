"""Q-1 … Q-6: the price of a basket, step by step. Pure: the same input gives the same quote (Q-7)."""

from collections.abc import Sequence
from decimal import Decimal

from loyalty_site.kernel.money import ZERO
from orders.rules.discounts import (
    Draft,
    automatic_steps,
    shipping_saved,
    with_automatic,
    with_code,
)
from orders.rules.facts import (
    AppliedCode,
    EarnTerms,
    LineInput,
    PointsTerms,
    PricingPolicy,
)
from orders.rules.points import earn_step, earned, paid_with_points, points_steps
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
    drafts, code_steps = with_code([with_automatic(line) for line in lines], code, policy)
    delivery, delivery_step = _delivery(code, policy)
    paid = paid_with_points(drafts, points)
    rates, to_earn = earned(drafts, paid.money, code, earn, policy)
    if code and code.type == "cashback" and to_earn < earned(drafts, paid.money, None, earn, policy)[1]:
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
        points_to_earn=to_earn,
        points_available=points.available,
        points_spendable=paid.spendable,
        promo_code=_outcome(code, rejected, drafts, code_steps, policy),
        explanation=(
            _goods_step(lines, goods),
            *automatic_steps(lines, drafts, code),
            *(code_steps or [_without_code(rejected)]),
            delivery_step,
            *points_steps(points, paid, drafts),
            earn_step(to_earn, rates, earn, is_guest=points.is_guest),
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
        return ZERO, Step(
            "delivery", True, ZERO, "delivery_free", {"price": str(cost), "by": "tier", "tier": policy.tier}
        )
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
        is_membership=line.is_membership,
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
