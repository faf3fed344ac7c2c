"""What an invitation promises now, in words (R-2, R-3)."""

from dataclasses import dataclass, replace
from decimal import Decimal

import customers.queries
from customers.models import Programme
from referrals.models import Ambassador
from referrals.queries.links import Inviter
from referrals.rules.offer_words import Promise, promise_text


@dataclass(frozen=True)
class Offer:
    """`referrer` and `newcomer` are what the two get, in words; empty for nothing.

    The newcomer gets it at once when `newcomer_at_once`, else like the referrer: `hold_days` after the first order,
    which counts from `minimum_order` roubles of goods. Promo codes live `code_days`. What everybody gets who shops
    here: `cashback_percent` of a purchase and `first_purchase_bonus` points.
    """

    referrer: str
    newcomer: str
    newcomer_at_once: bool
    hold_days: int
    minimum_order: Decimal
    code_days: int
    newcomer_gets_code: bool
    cashback_percent: Decimal
    first_purchase_bonus: int


def offer(programme: Programme) -> Offer:
    """What the programme promises today. No query."""
    return Offer(
        referrer=promise_text(Promise(programme.referrer_reward_kind, Decimal(programme.referrer_reward))),
        newcomer=promise_text(Promise(programme.referee_reward_kind, Decimal(programme.referee_reward))),
        newcomer_at_once=programme.referee_reward_at == Programme.RefereeRewardAt.REGISTRATION,
        hold_days=programme.referral_hold_days,
        minimum_order=programme.referral_minimum_order,
        code_days=programme.referral_code_days,
        newcomer_gets_code=programme.referee_reward_kind != Programme.RewardKind.POINTS,
        cashback_percent=programme.base_earn_percent,
        first_purchase_bonus=programme.first_purchase_bonus,
    )


def offer_of(inviter: Inviter, programme: Programme | None = None) -> Offer:
    """What the link of `inviter` promises: an ambassador has a rate of his own, one who was stopped promises nothing.

    One query when the programme is not handed in.
    """
    promised = offer(programme or customers.queries.programme())
    if inviter.stopped_at is not None:
        return replace(promised, referrer="", newcomer="")
    if inviter.ambassador is None:
        return promised
    return replace(promised, referrer=promise_text(_rate(inviter.ambassador)))


def _rate(ambassador: Ambassador) -> Promise:
    return Promise(
        ambassador.paid_in,
        ambassador.rate,
        is_percent=ambassador.rate_type == Ambassador.RateType.PERCENT,
        period_days=ambassador.period_days if ambassador.every_order else None,
    )
