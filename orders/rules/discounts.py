"""Q-2 and Q-3: what comes off the goods. Automatic percents first, then the promo code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from loyalty_site.kernel.money import ZERO, percent_of, split_amount
from orders.rules.facts import AppliedCode, LineInput, PercentOffer, PricingPolicy
from orders.rules.quote import LineDiscount, Step


@dataclass(frozen=True)
class Draft:
    """A line on its way through the steps; `discounts` are what was taken off so far."""

    line: LineInput
    discounts: tuple[LineDiscount, ...] = ()

    @property
    def discount(self) -> Decimal:
        return sum((discount.amount for discount in self.discounts), ZERO)

    @property
    def amount(self) -> Decimal:
        return self.line.subtotal - self.discount

    @property
    def by_code(self) -> Decimal:
        return sum(
            (part.amount for part in self.discounts if part.source == "promo_code"),
            ZERO,
        )

    def minus(self, source: str, percent: Decimal | None, amount: Decimal) -> "Draft":
        if not amount:
            return self
        return replace(self, discounts=(*self.discounts, LineDiscount(source, percent, amount)))


def with_automatic(line: LineInput) -> Draft:
    """Q-2: the best of the automatic percents."""
    best = line.best_automatic
    if best is None:
        return Draft(line)
    return Draft(line).minus(best.source, best.percent, percent_of(line.subtotal, best.percent))


def automatic_steps(lines: Sequence[LineInput], drafts: Sequence[Draft], code: AppliedCode | None) -> list[Step]:
    """One step for each offer that won on some lines: what it beat, and whether a code took its place (Q-2, PC-11)."""
    found: dict[PercentOffer, list[Draft]] = {}
    for line, draft in zip(lines, drafts, strict=True):
        if line.best_automatic is not None:
            found.setdefault(line.best_automatic, []).append(draft)
    return [step for offer, group in found.items() for step in _automatic_step(offer, group, code)]


def _automatic_step(offer: PercentOffer, group: Sequence[Draft], code: AppliedCode | None) -> list[Step]:
    kept = [draft for draft in group if any(part.source == offer.source for part in draft.discounts)]
    if kept:
        amount = sum((part.amount for draft in kept for part in draft.discounts if part.source == offer.source), ZERO)
        beaten = {other for draft in kept for other in draft.line.beaten_automatic}
        params = {**_offer_params(offer), "names": [draft.line.name for draft in kept]}
        better = sorted(beaten, key=lambda other: (-other.percent, other.source))
        return [Step("automatic", True, amount, "automatic", {**params, "beaten": list(map(_offer_params, better))})]
    is_replaced = code is not None and code.type == "percent" and any(draft.by_code for draft in group)
    if not is_replaced or code is None:
        return []
    return [Step("automatic", False, None, "automatic_replaced", {**_offer_params(offer), "code": code.code})]


def _offer_params(offer: PercentOffer) -> dict[str, str]:
    return {"source": offer.source, "percent": str(offer.percent), "name": offer.name}


def with_code(drafts: list[Draft], code: AppliedCode | None, policy: PricingPolicy) -> tuple[list[Draft], list[Step]]:
    """Q-3. A percent takes the place of the automatic one; an amount comes off what is left after it."""
    if code is None:
        return drafts, []
    if code.type == "percent":
        return _with_percent(drafts, code, policy)
    if code.type == "fixed":
        return _with_fixed(drafts, code)
    if code.type == "cashback":
        return drafts, [_scope_step("code_cashback", None, drafts, code)]
    saved = shipping_saved(code, policy)
    if code.budget_left is not None and saved < policy.delivery_price and not policy.ships_free:
        return drafts, [_cut_step(code, saved)]
    return drafts, [Step("promo_code", True, saved, "code_shipping", {"code": code.code})]


def _with_percent(drafts: list[Draft], code: AppliedCode, policy: PricingPolicy) -> tuple[list[Draft], list[Step]]:
    percent = code.value or ZERO
    kept = [_keeps_current(draft, percent, policy) for draft in drafts]
    taken = [inside and not keep for inside, keep in zip(code.in_scope, kept, strict=True)]
    wanted = [
        percent_of(draft.line.subtotal, percent) if take else ZERO for draft, take in zip(drafts, taken, strict=True)
    ]
    amounts, cut = _within_budget(wanted, code)
    after = [
        Draft(draft.line).minus("promo_code", None if cut else percent, amount) if take else draft
        for draft, amount, take in zip(drafts, amounts, taken, strict=True)
    ]
    steps = [
        _scope_step(
            "code_percent",
            sum(amounts, ZERO),
            drafts,
            replace(code, in_scope=tuple(taken)),
        )
    ]
    if not any(taken):
        steps = [Step("promo_code", False, ZERO, "code_kept_better", {"code": code.code})]
    if cut:
        steps.append(_cut_step(code, sum(amounts, ZERO)))
    if sum((draft.discount for draft in after), ZERO) < sum((draft.discount for draft in drafts), ZERO):
        steps.append(Step("promo_code", True, None, "code_worse", {"code": code.code}))
    return after, steps


def _keeps_current(draft: Draft, percent: Decimal, policy: PricingPolicy) -> bool:
    """PC-11: under the policy `best` the better percent of a line stays."""
    best = draft.line.best_automatic
    return policy.keeps_better and best is not None and best.percent > percent


def _with_fixed(drafts: list[Draft], code: AppliedCode) -> tuple[list[Draft], list[Step]]:
    value = code.value or ZERO
    weights = [draft.amount if inside else ZERO for draft, inside in zip(drafts, code.in_scope, strict=True)]
    amount = min(value, sum(weights, ZERO))
    amounts, cut = _within_budget(split_amount(amount, weights), code)
    after = [draft.minus("promo_code", None, part) for draft, part in zip(drafts, amounts, strict=True)]
    key = "code_fixed" if amount == value else "code_fixed_capped"
    steps = [
        Step(
            "promo_code",
            True,
            amount,
            key,
            {"code": code.code, "value": str(value), "sum": str(amount)},
        )
    ]
    return after, [_cut_step(code, sum(amounts, ZERO))] if cut else steps


def _within_budget(wanted: list[Decimal], code: AppliedCode) -> tuple[list[Decimal], bool]:
    """PC-17 with the policy `cut`: no more than what the campaign has left, shared out like the whole."""
    if code.budget_left is None or sum(wanted, ZERO) <= code.budget_left:
        return wanted, False
    return split_amount(code.budget_left, wanted), True


def _cut_step(code: AppliedCode, amount: Decimal) -> Step:
    return Step("promo_code", True, amount, "code_cut", {"code": code.code, "sum": str(amount)})


def _scope_step(key: str, amount: Decimal | None, drafts: Sequence[Draft], code: AppliedCode) -> Step:
    names = [draft.line.name for draft, inside in zip(drafts, code.in_scope, strict=True) if inside]
    return Step(
        "promo_code",
        True,
        amount,
        key,
        {
            "code": code.code,
            "percent": str(code.value),
            "whole_order": all(code.in_scope),
            "names": names,
        },
    )


def shipping_saved(code: AppliedCode, policy: PricingPolicy) -> Decimal:
    """What a free-delivery code gives: nothing where delivery is free anyway."""
    if policy.ships_free:
        return ZERO
    return policy.delivery_price if code.budget_left is None else min(policy.delivery_price, code.budget_left)
