"""What a customer's tiers, ladders and cards bring to a quote (Q-2, Q-4, Q-6): the best of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tiers.rules.ladder import Basis, TierTerms, height
from tiers.rules.steps import Step, steps_percent


@dataclass(frozen=True)
class Offer:
    """One automatic discount. `source` is `tier`, `ladder` or `card`.

    `name`: the tier's name, `cumulative` or `order_total` of a ladder, the last digits of a card.
    """

    source: str
    percent: Decimal
    name: str


@dataclass(frozen=True)
class Perks:
    """A tier as far as a quote is concerned; `cashback_percent` None: the programme's base rate."""

    terms: TierTerms
    name: str
    is_active: bool
    cashback_percent: Decimal | None
    discount_percent: Decimal
    ships_free: bool


@dataclass(frozen=True)
class Benefits:
    """What a customer has at a moment; of an anonymous one, only `order_steps` and `membership_skus` are set.

    `tier` is the code of the highest tier he has, earned or paid for, and `reached` names it and all below, for codes
    that ask for a tier. `cashback_percent` None: the programme's base rate. `offers` depend on no order.
    `membership_skus` are the goods that start a membership, on sale or not.
    """

    tier: str = ""
    tier_name: str = ""
    reached: frozenset[str] = frozenset()
    cashback_percent: Decimal | None = None
    ships_free: bool = False
    offers: tuple[Offer, ...] = ()
    order_steps: tuple[Step, ...] = ()
    membership_skus: frozenset[str] = frozenset()

    def automatic(self, goods_total: Decimal) -> tuple[Offer, ...]:
        """`offers`, and the step of the order-total ladder that `goods_total` reaches (before any discount)."""
        percent = steps_percent(self.order_steps, goods_total)
        return (*self.offers, Offer("ladder", percent, "order_total")) if percent else self.offers


def benefits_of(
    *,
    earned: Perks | None,
    paid_for: Sequence[Perks],
    tiers: Sequence[Perks],
    basis: Basis,
    base_percent: Decimal,
    cumulative: Offer | None,
    card: Offer | None,
    order_steps: tuple[Step, ...],
    membership_skus: frozenset[str],
) -> Benefits:
    """`tiers`: all there are, none for an anonymous customer; `earned` None: the lowest; `paid_for`: of memberships."""
    anonymous = Benefits(order_steps=order_steps, membership_skus=membership_skus)
    earned = earned or min(
        (perks for perks in tiers if perks.is_active), key=lambda perks: _height(basis, perks), default=None
    )
    if earned is None:
        return anonymous
    own = (earned, *paid_for)
    top = max(own, key=lambda perks: _height(basis, perks))
    return replace(
        anonymous,
        tier=top.terms.code,
        tier_name=top.name,
        reached=_reached(own, tiers, basis),
        cashback_percent=_best_cashback(own, base_percent),
        ships_free=any(perks.ships_free for perks in own),
        offers=tuple(offer for offer in (_tier_offer(own), cumulative, card) if offer and offer.percent),
    )


def _height(basis: Basis, perks: Perks) -> Decimal:
    """A tier taken off the ladder may lack the threshold of its basis: it counts as below all others."""
    found = height(basis, perks.terms)
    return Decimal(-1) if found is None else found


def _reached(own: Sequence[Perks], tiers: Sequence[Perks], basis: Basis) -> frozenset[str]:
    top = max(_height(basis, perks) for perks in own)
    below = {perks.terms.code for perks in tiers if perks.is_active and _height(basis, perks) <= top}
    return frozenset(below | {perks.terms.code for perks in own})


def _best_cashback(own: Sequence[Perks], base_percent: Decimal) -> Decimal | None:
    rates = [perks.cashback_percent for perks in own]
    best = max(base_percent if rate is None else rate for rate in rates)
    return best if best in rates else None


def _tier_offer(own: Sequence[Perks]) -> Offer:
    best = max(own, key=lambda perks: perks.discount_percent)
    return Offer("tier", best.discount_percent, best.name)
