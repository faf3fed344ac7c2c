"""Referrals and rewards as rows of a table, put together with few queries."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from referrals.admin import words
from referrals.admin.ports import order_links
from referrals.models import Referral, Reward


def with_status(referrals: QuerySet[Referral]) -> QuerySet[Any]:
    """`.status`: of the newest reward of the referrer that was not cancelled, else of a cancelled one, else None."""
    last = Case(When(status=Reward.Status.CANCELLED, then=Value(1)), default=Value(0))
    rewards = Reward.objects.filter(referral=OuterRef("pk"), role=Reward.Role.REFERRER)
    newest = rewards.order_by(last, "-qualified_at", "-pk").values("status")[:1]
    return referrals.annotate(status=Subquery(newest))


def referral_rows(referrals: QuerySet[Referral]) -> list[dict[str, Any]]:
    """Each with its people, its state and all rewards. Three queries."""
    rows = list(with_status(referrals).select_related("newcomer", "referrer", "ambassador"))
    rewards = rewards_of(row.pk for row in rows)
    links = order_links([row.first_order_ref for row in rows])
    return [
        {
            "referral": row,
            "badge": words.state_badge(row, row.status),
            "rewards": [reward_row(reward, {}) for reward in rewards.get(row.pk, ())],
            "order": links.get(row.first_order_ref),
        }
        for row in rows
    ]


def rewards_of(referral_ids: Iterable[int]) -> dict[int, list[Reward]]:
    """By referral, the oldest first. One query."""
    found: dict[int, list[Reward]] = {}
    rows = Reward.objects.filter(referral__in=list(referral_ids)).select_related("promo_code")
    for row in rows.order_by("qualified_at", "pk"):
        found.setdefault(row.referral_id, []).append(row)
    return found


def reward_row(reward: Reward, links: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reward": reward,
        "text": words.reward_text(reward.kind, reward.amount),
        "badge": words.reward_badge(reward),
        "state": words.REWARD_STATES[reward.status],
        "taken_back": words.sum_text(reward.kind, reward.taken_back_amount) if reward.taken_back_amount else "",
        "order": links.get(reward.order_ref),
    }
