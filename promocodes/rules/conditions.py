"""Does a code apply? Every condition, in one fixed order (PC-7 … PC-11, PC-17, PC-18)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from promocodes.rules.explain import explain
from promocodes.rules.facts import (
    CUT,
    DISCOUNT_TYPES,
    FREE_SHIPPING,
    Check,
    CodeFacts,
    LineFacts,
    Reason,
    ShopperFacts,
    Verdict,
)


def judge(
    code: CodeFacts | None,
    lines: Sequence[LineFacts],
    shopper: ShopperFacts,
    *,
    now: datetime,
    include_drafts: bool = False,
    skip_sale: bool = False,
    discount: Decimal | None = None,
    category_names: Mapping[str, str] | None = None,
    tier_names: Mapping[str, str] | None = None,
) -> Verdict:
    """Every check of `code`, or the single failed one when there is no such code.

    `include_drafts` lets a draft pass as if it were active (Q-9). `skip_sale`: goods with an old price do not count.
    `discount`, where the caller knows it already, is held against the budget. `category_names` (slug → name) makes the
    sentence for missing goods name them, `tier_names` (code → name) the one for a tier. With no lines the conditions on
    the basket are not asked.
    """
    if code is None:
        return Verdict((_known(None, include_drafts),))
    return Verdict(
        (
            _known(code, include_drafts),
            _started(code, now),
            _not_ended(code, now),
            _uses_left(code, shopper),
            _customer_uses_left(code, shopper),
            _first_order(code, shopper),
            _owner(code, shopper),
            _segment(code, shopper),
            _tier(code, shopper, tier_names or {}),
            _matching_items(code, lines, skip_sale, category_names or {}),
            _minimum(code, lines),
            _budget_left(code, discount),
        )
    )


def lines_in_scope(code: CodeFacts, lines: Sequence[LineFacts], *, skip_sale: bool = False) -> tuple[bool, ...]:
    """Which lines the code works on (PC-6). Free delivery works on the delivery, so every line is in scope."""
    if code.type == FREE_SHIPPING:
        return (True,) * len(lines)
    return tuple(_has_category(line, code.categories) and not (skip_sale and line.is_on_sale) for line in lines)


def allowed_discount(code: CodeFacts, discount: Decimal) -> Decimal | None:
    """How much of `discount` the campaign's budget allows (PC-17); None when the use is refused."""
    if code.budget_left is None or discount <= code.budget_left:
        return discount
    return code.budget_left if code.budget_policy == CUT and code.budget_left > 0 else None


def per_customer_limit(code: CodeFacts) -> int | None:
    """A code for a first order is a code for one use."""
    return 1 if code.first_order_only else code.max_uses_per_customer


def _known(code: CodeFacts | None, include_drafts: bool) -> Check:
    is_known = code is not None and (code.switch is True or (include_drafts and code.switch is None))
    return _check("known", is_known, Reason.NOT_FOUND)


def _started(code: CodeFacts, now: datetime) -> Check:
    if now >= code.starts_at:
        return Check(name="started", passed=True)
    text = explain(Reason.NOT_STARTED, available_from=code.starts_at)
    return Check(name="started", passed=False, reason=Reason.NOT_STARTED, text=text, available_from=code.starts_at)


def _not_ended(code: CodeFacts, now: datetime) -> Check:
    if now < code.ends_at:
        return Check(name="not_ended", passed=True)
    text = explain(Reason.EXPIRED, ended_at=code.ends_at)
    return Check(name="not_ended", passed=False, reason=Reason.EXPIRED, text=text)


def _uses_left(code: CodeFacts, shopper: ShopperFacts) -> Check:
    if code.max_uses is None:
        return Check(name="uses_left", passed=None)
    if code.uses < code.max_uses:
        return Check(name="uses_left", passed=True)
    if shopper.held_by_order:
        return _held("uses_left", shopper.held_by_order)
    return _check("uses_left", False, Reason.EXHAUSTED)


def _customer_uses_left(code: CodeFacts, shopper: ShopperFacts) -> Check:
    limit = code.max_uses_per_customer
    if limit is None or not shopper.is_known:
        return Check(name="customer_uses_left", passed=None)
    if shopper.uses < limit:
        return Check(name="customer_uses_left", passed=True)
    if shopper.held_by_order:
        return _held("customer_uses_left", shopper.held_by_order)
    text = explain(Reason.CUSTOMER_LIMIT, limit=limit)
    return Check(name="customer_uses_left", passed=False, reason=Reason.CUSTOMER_LIMIT, text=text)


def _first_order(code: CodeFacts, shopper: ShopperFacts) -> Check:
    if not code.first_order_only or not shopper.is_known:
        return Check(name="first_order", passed=None)
    if not shopper.has_bought and shopper.uses and shopper.held_by_order:
        return _held("first_order", shopper.held_by_order)
    return _check("first_order", not shopper.has_bought and not shopper.uses, Reason.FIRST_ORDER_ONLY)


def _owner(code: CodeFacts, shopper: ShopperFacts) -> Check:
    if code.owner_id is None or not shopper.is_known:
        return Check(name="owner", passed=None)
    if code.owner_id == shopper.customer_id:
        return Check(name="owner", passed=True)
    text = explain(Reason.NOT_FOR_CUSTOMER, is_personal=True)
    return Check(name="owner", passed=False, reason=Reason.NOT_FOR_CUSTOMER, text=text)


def _segment(code: CodeFacts, shopper: ShopperFacts) -> Check:
    if code.segment is None or not shopper.is_known:
        return Check(name="segment", passed=None)
    return _check("segment", code.segment in shopper.segments, Reason.NOT_FOR_CUSTOMER)


def _tier(code: CodeFacts, shopper: ShopperFacts, tier_names: Mapping[str, str]) -> Check:
    """That tier or any above it: `tiers` holds every tier the customer has reached."""
    if code.tier is None or not shopper.is_known:
        return Check(name="tier", passed=None)
    if code.tier in shopper.tiers:
        return Check(name="tier", passed=True)
    text = explain(Reason.NOT_FOR_CUSTOMER, tier_name=tier_names.get(code.tier, code.tier))
    return Check(name="tier", passed=False, reason=Reason.NOT_FOR_CUSTOMER, text=text)


def _matching_items(
    code: CodeFacts, lines: Sequence[LineFacts], skip_sale: bool, category_names: Mapping[str, str]
) -> Check:
    if not lines:
        return Check(name="matching_items", passed=None)
    missing: tuple[str, ...] | None = None
    if not any(lines_in_scope(code, lines, skip_sale=skip_sale)):
        missing = code.categories
    elif not _holds_required(code, lines, skip_sale):
        missing = code.required_categories
    if missing is None:
        return Check(name="matching_items", passed=True)
    names = [category_names[slug] for slug in missing if slug in category_names]
    text = explain(Reason.NO_MATCHING_ITEMS, category_names=names)
    return Check(name="matching_items", passed=False, reason=Reason.NO_MATCHING_ITEMS, text=text)


def _minimum(code: CodeFacts, lines: Sequence[LineFacts]) -> Check:
    if code.minimum_order is None or not lines:
        return Check(name="minimum", passed=None)
    missing = code.minimum_order - sum((line.subtotal for line in lines), Decimal(0))
    if missing <= 0:
        return Check(name="minimum", passed=True)
    text = explain(Reason.BELOW_MINIMUM, missing_amount=missing)
    return Check(name="minimum", passed=False, reason=Reason.BELOW_MINIMUM, text=text, missing_amount=missing)


def _budget_left(code: CodeFacts, discount: Decimal | None) -> Check:
    if code.budget_left is None or code.type not in DISCOUNT_TYPES:
        return Check(name="budget_left", passed=None)
    is_left = code.budget_left > 0 and (discount is None or allowed_discount(code, discount) is not None)
    return _check("budget_left", is_left, Reason.BUDGET_SPENT)


def _check(name: str, passed: bool, reason: Reason) -> Check:
    if passed:
        return Check(name=name, passed=True)
    return Check(name=name, passed=False, reason=reason, text=explain(reason))


def _held(name: str, number: str) -> Check:
    """A customer's own unpaid order never blocks him: it is named, and the code can be moved (PC-18)."""
    text = explain(Reason.HELD_BY_OWN_ORDER, held_by_order=number)
    return Check(name=name, passed=False, reason=Reason.HELD_BY_OWN_ORDER, text=text, held_by_order=number)


def _has_category(line: LineFacts, categories: Sequence[str]) -> bool:
    return not categories or not line.categories.isdisjoint(categories)


def _holds_required(code: CodeFacts, lines: Sequence[LineFacts], skip_sale: bool) -> bool:
    counted = (line for line in lines if not (skip_sale and line.is_on_sale))
    return not code.required_categories or any(_has_category(line, code.required_categories) for line in counted)
