"""The terms in force when somebody registers: the programme's, or those of an ambassador (R-3)."""

from datetime import datetime, timedelta
from typing import Any

from customers.models import Programme
from referrals.models import Ambassador
from referrals.models.referral import RewardKind


def terms_in_force(programme: Programme, ambassador: Ambassador | None, *, now: datetime) -> dict[str, Any]:
    """Values of `Referral.TERMS`. An ambassador's rate is the referrer's reward; the rest is the programme's."""
    terms = {
        "hold_days": programme.referral_hold_days,
        "minimum_order": programme.referral_minimum_order,
        "referrer_kind": programme.referrer_reward_kind,
        "referrer_amount": programme.referrer_reward,
        "newcomer_kind": programme.referee_reward_kind,
        "newcomer_amount": programme.referee_reward,
        "newcomer_at": programme.referee_reward_at,
        "code_days": programme.referral_code_days,
        "day_limit": programme.referral_day_limit,
        "month_limit": programme.referral_month_limit,
    }
    return terms if ambassador is None else terms | _rate(ambassador, programme, now)


def _rate(ambassador: Ambassador, programme: Programme, now: datetime) -> dict[str, Any]:
    paid_in_money = ambassador.paid_in == Ambassador.PaidIn.MONEY
    period = ambassador.period_days
    day_limit, month_limit = ambassador.day_limit, ambassador.month_limit
    return {
        "referrer_kind": RewardKind.MONEY if paid_in_money else RewardKind.POINTS,
        "referrer_amount": ambassador.rate,
        "is_percent": ambassador.rate_type == Ambassador.RateType.PERCENT,
        "every_order": ambassador.every_order,
        "earns_until": now + timedelta(days=period) if period else None,
        "day_limit": programme.referral_day_limit if day_limit is None else day_limit,
        "month_limit": programme.referral_month_limit if month_limit is None else month_limit,
    }
