"""The promo code of a request: found, judged, made ready for the price (Q-3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from customers.models import Programme
from orders.models import Category, Order
from orders.queries.who import Buyer
from orders.rules import AppliedCode, CodeOutcome, LineInput
from promocodes.queries import FoundCode, find_code, tier_names
from promocodes.rules import LineFacts, Reason, ShopperFacts, Verdict, judge, lines_in_scope

# A full limit may be full because of the shopper's own unpaid order: only then is it worth asking.
MAY_BE_HELD = frozenset({Reason.EXHAUSTED, Reason.CUSTOMER_LIMIT, Reason.FIRST_ORDER_ONLY})


@dataclass(frozen=True)
class CodeQuestion:
    """One code asked about one basket: everything `judge` wants but the order's own unpaid rival.

    `tiers` are the tiers that the shopper has reached (PC-9).
    """

    text: str
    lines: Sequence[LineInput]
    buyer: Buyer
    programme: Programme
    now: datetime
    include_drafts: bool = False
    lock: bool = False
    tiers: frozenset[str] = frozenset()

    @property
    def facts(self) -> list[LineFacts]:
        return [LineFacts(line.sku, line.categories, line.subtotal, line.is_on_sale) for line in self.lines]


@dataclass(frozen=True)
class CodeAnswer:
    """`found` is None when the string is no code."""

    question: CodeQuestion
    found: FoundCode | None
    verdict: Verdict

    @property
    def applied(self) -> AppliedCode | None:
        """The code as the price takes it; None when it does not apply."""
        if self.found is None or not self.verdict.applies:
            return None
        facts = self.found.facts
        scope = lines_in_scope(facts, self.question.facts, skip_sale=self.question.programme.sale_goods_excluded)
        return AppliedCode(
            code=self.found.code,
            type=facts.type,
            value=facts.value,
            in_scope=tuple(scope),
            budget_left=facts.budget_left if facts.budget_policy == "cut" else None,
            promo_code_id=self.found.id,
        )

    @property
    def rejected(self) -> CodeOutcome | None:
        """The refusal as the quote shows it. An unknown code, a draft and a deactivated one look alike (PC-16)."""
        failed = self.verdict.failed
        if failed is None or failed.reason is None:
            return None
        shown = self.found if failed.reason is not Reason.NOT_FOUND else None
        return CodeOutcome(
            code=shown.code if shown else self.question.text,
            status="rejected",
            type=shown.facts.type if shown else None,
            reason=str(failed.reason),
            message=failed.text,
            missing_amount=failed.missing_amount,
            available_from=failed.available_from,
            held_by_order=failed.held_by_order,
            promo_code_id=shown.id if shown else None,
        )

    def given(self, discount: Decimal) -> "CodeAnswer":
        """The same question judged again, now that the discount is known (PC-17)."""
        return replace(self, verdict=_judged(self.question, self.found, discount=discount))


def ask_code(question: CodeQuestion) -> CodeAnswer:
    """One query for the code; one or two more only to name the own order that holds it, the goods
    or the tier that are missing.

    A first order that waits for payment holds every code for first orders: paying both would make two.
    """
    found = find_code(question.text, holders=question.buyer.holders, lock=question.lock)
    verdict = _judged(question, found)
    if verdict.applies and found is not None and found.facts.first_order_only:
        found, verdict = _judged_with_first_orders(question, found, verdict)
    elif verdict.reason in MAY_BE_HELD and found is not None and found.last_order_ref:
        verdict = _judged(question, found, held_by=_holding_order(question, found))
    elif verdict.reason is Reason.NO_MATCHING_ITEMS and found is not None:
        verdict = _judged(question, found, names=_names(found))
    elif verdict.failed is not None and verdict.failed.name == "tier":
        verdict = _judged(question, found, tiers=tier_names())
    return CodeAnswer(question, found, verdict)


def _judged_with_first_orders(question: CodeQuestion, found: FoundCode, verdict: Verdict) -> tuple[FoundCode, Verdict]:
    held_by = question.buyer.unpaid_first_order()
    if held_by is None:
        return found, verdict
    found = replace(found, uses=1)
    return found, _judged(question, found, held_by=held_by)


def _judged(
    question: CodeQuestion,
    found: FoundCode | None,
    *,
    held_by: str | None = None,
    names: dict[str, str] | None = None,
    tiers: dict[str, str] | None = None,
    discount: Decimal | None = None,
) -> Verdict:
    buyer = question.buyer
    return judge(
        found.facts if found else None,
        question.facts,
        ShopperFacts(
            is_known=buyer.is_known,
            has_bought=buyer.has_bought,
            segments=buyer.segments,
            tiers=question.tiers,
            customer_id=buyer.customer.id if buyer.customer else None,
            uses=found.uses if found else 0,
            held_by_order=held_by,
        ),
        now=question.now,
        include_drafts=question.include_drafts,
        skip_sale=question.programme.sale_goods_excluded,
        discount=discount,
        category_names=names,
        tier_names=tiers,
    )


def _holding_order(question: CodeQuestion, found: FoundCode) -> str | None:
    """The unpaid order that took a use: the last that did, be it a guest's of the same contact, or an earlier own."""
    return _unpaid_number(found.last_order_ref) or question.buyer.unpaid_order_with(found.id)


def _unpaid_number(order_ref: str) -> str | None:
    number = order_ref.partition(":")[2]
    is_unpaid = number.isdecimal() and Order.objects.filter(pk=int(number), status=Order.Status.NEW).exists()
    return number if is_unpaid else None


def _names(found: FoundCode) -> dict[str, str]:
    slugs = [*found.facts.categories, *found.facts.required_categories]
    return dict(Category.objects.filter(slug__in=slugs).values_list("slug", "name"))
