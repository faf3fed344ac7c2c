"""What an order brought to who invited the buyer: a line of the order's page."""

from typing import Any

from django.http import HttpRequest

from referrals.admin.rows import reward_row
from referrals.models import Referral, Reward


def order_referral(request: HttpRequest, order_ref: str) -> dict[str, Any] | None:
    """`referral` of `referrals/admin/_order.html`; None when the order has to do with none. At most two queries."""
    if not request.user.has_perm("referrals.view_reward"):
        return None
    rewards = Reward.objects.filter(order_ref=order_ref).order_by("pk")
    rows = list(rewards.select_related("payee", "ambassador", "promo_code", "referral__referrer"))
    if rows:
        referral = rows[0].referral
    else:
        found = Referral.objects.filter(first_order_ref=order_ref).select_related("referrer", "ambassador").first()
        if found is None:
            return None
        referral = found
    return {
        "referral": referral,
        "is_first": referral.first_order_ref == order_ref,
        "rewards": [reward_row(row, {}) for row in rows],
    }
