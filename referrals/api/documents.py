"""Referrals in the API's shape: points whole, money and percents as strings, moments with their offset."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from referrals.queries import EarnedCode, Friend, FriendReward, link_of


def referral_document(customer_id: int, *, now: datetime) -> dict[str, Any]:
    """The customer's own link (R-1): a member of the customer's document. Two queries."""
    link = link_of(customer_id)
    return {"code": link.code, "url": link.url}


def friend_document(friend: Friend) -> dict[str, Any]:
    return {
        "id": f"{friend.position.kind}{friend.id}",
        "name": friend.name,
        "state": str(friend.state),
        "via": friend.via,
        "visited_at": _moment(friend.visited_at),
        "registered_at": _moment(friend.registered_at),
        "first_order_at": _moment(friend.first_order_at),
        "due_at": _moment(friend.due_at),
        "rewards": [_reward_document(reward) for reward in friend.rewards],
    }


def _reward_document(reward: FriendReward) -> dict[str, Any]:
    """One of `points`, `amount` and `percent` is a number, by the kind."""
    is_points, is_percent = reward.kind == POINTS, reward.kind == PERCENT
    is_money = not is_points and not is_percent
    return {
        "kind": reward.kind,
        "points": int(reward.amount) if is_points else None,
        "points_taken_back": int(reward.taken_back_amount) if is_points else None,
        "amount": f"{reward.amount:.2f}" if is_money else None,
        "amount_taken_back": f"{reward.taken_back_amount:.2f}" if is_money else None,
        "percent": f"{reward.amount:.2f}" if is_percent else None,
        "status": reward.status,
        "due_at": _moment(reward.due_at),
        "paid_at": _moment(reward.paid_at),
        "promo_code": _code_document(reward.code) if reward.code else None,
    }


def _code_document(earned: EarnedCode) -> dict[str, Any]:
    return {"code": earned.code, "state": str(earned.state), "ends_at": _moment(earned.ends_at)}


def _moment(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None


POINTS, PERCENT = "points", "percent_code"
