"""A customer's invitations in figures, and what was paid since they were last looked at (R-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from referrals.models import Referrer, Reward
from referrals.queries.friend_rewards import FriendReward, friend_reward
from referrals.queries.friends import LISTED, FriendState, friend_name
from referrals.rules.names import shown_name

MOST_NEWS = 20


@dataclass(frozen=True)
class Summary:
    """`visits` counts a browser once a day; `waiting` (under review, too) and `paid` are friends, `states` all of them.

    `points`, `codes` and `money` (an ambassador's) are what was paid to the one who invites and not taken back.
    """

    visits: int
    registered: int
    ordered: int
    waiting: int
    paid: int
    points: int
    codes: int
    money: Decimal
    shows_name: bool
    stopped_at: datetime | None
    states: Mapping[FriendState, int]


@dataclass(frozen=True)
class News:
    """A reward paid. `name` is the friend's, empty when not known; `is_welcome`: it was got as a newcomer."""

    reward: FriendReward
    name: str
    is_welcome: bool
    paid_at: datetime


def summary(customer_id: int, *, now: datetime) -> Summary:
    """Two queries."""
    asked: dict[str, Any] = {"customer": customer_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(f"{LISTED} {BY_STATE}", asked)
        rows = cursor.fetchall()
        cursor.execute(SUMS, asked)
        columns = [column.name for column in cursor.description]
        sums: dict[str, Any] = dict(zip(columns, cursor.fetchone(), strict=True))
    states = {FriendState(state): count for state, count, _ordered in rows}
    return Summary(
        registered=sum(count for state, count in states.items() if state != FriendState.VISITED),
        ordered=sum(ordered for _state, _count, ordered in rows),
        waiting=states.get(FriendState.WAITING, 0) + states.get(FriendState.UNDER_REVIEW, 0),
        paid=states.get(FriendState.PAID, 0),
        states=states,
        **sums,
    )


def news(customer_id: int, *, now: datetime) -> list[News]:
    """Rewards paid to the customer since `see_news`, the newest first, at most twenty. One query."""
    seen = Referrer.objects.filter(pk=OuterRef("payee")).values("seen_at")
    rows = (
        Reward.objects.alias(seen_at=Subquery(seen))
        .filter(Q(seen_at=None) | Q(paid_at__gt=Subquery(seen)), payee=customer_id, status=Reward.Status.PAID)
        .select_related("referral__newcomer", "promo_code__terms")
        .order_by("-paid_at", "-pk")[:MOST_NEWS]
    )
    return [_news(row, now=now) for row in rows]


def _news(row: Reward, *, now: datetime) -> News:
    newcomer, is_welcome = row.referral.newcomer, row.role == Reward.Role.NEWCOMER
    is_known = shown_name(next(iter(newcomer.first_name.split()), "")) and not is_welcome
    name = friend_name(newcomer.first_name, newcomer.last_name) if is_known else ""
    return News(friend_reward(row, now=now), name, is_welcome, row.paid_at or row.due_at)


BY_STATE = "SELECT state, count(*), count(first_ordered_at) FROM listed GROUP BY state ORDER BY state"
SUMS = """
SELECT (SELECT count(*) FROM referrals_visit WHERE referrer_id = %(customer)s) AS visits,
       COALESCE(sum(kept) FILTER (WHERE kind = 'points'), 0)::bigint AS points,
       count(*) FILTER (WHERE kind IN ('fixed_code', 'percent_code') AND status = 'paid') AS codes,
       COALESCE(sum(kept) FILTER (WHERE kind = 'money'), 0)::numeric(14, 2) AS money,
       COALESCE((SELECT shows_name FROM referrals_referrer WHERE customer_id = %(customer)s), FALSE) AS shows_name,
       (SELECT stopped_at FROM referrals_referrer WHERE customer_id = %(customer)s) AS stopped_at
FROM (
    SELECT r.kind, r.status, r.amount - r.taken_back_amount AS kept
    FROM referrals_reward r JOIN referrals_referral f ON f.id = r.referral_id
    WHERE f.referrer_id = %(customer)s AND r.role = 'referrer' AND r.status IN ('paid', 'taken_back')
) paid
"""
