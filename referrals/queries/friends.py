"""The friends a customer has brought, as he may see them: names cut short, states without reasons (R-3, R-5)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from referrals.queries.friend_rewards import FriendReward, rewards_for
from referrals.rules.names import shown_name

PAGE = 20


class FriendState(StrEnum):
    """How far a friend has come; with several rewards the newest that was not cancelled tells it.

    `ordered`: a first order that brings nothing to wait for. Reasons are nobody's business here.
    """

    VISITED = "visited"
    REGISTERED = "registered"
    ORDERED = "ordered"
    WAITING = "waiting"
    UNDER_REVIEW = "under_review"
    PAID = "paid"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"


STATE_WORDS = {
    FriendState.VISITED: pgettext_lazy("friend", "opened the link"),
    FriendState.REGISTERED: pgettext_lazy("friend", "registered"),
    FriendState.ORDERED: pgettext_lazy("friend", "ordered"),
    FriendState.WAITING: pgettext_lazy("friend", "waiting"),
    FriendState.UNDER_REVIEW: pgettext_lazy("friend", "under review"),
    FriendState.PAID: pgettext_lazy("friend", "reward paid"),
    FriendState.CANCELLED: pgettext_lazy("friend", "return"),
    FriendState.REJECTED: pgettext_lazy("friend", "no reward"),
    FriendState.TAKEN_BACK: pgettext_lazy("friend", "reward taken back"),
}


class Position(NamedTuple):
    """Where a friend stands in the list; `kind` is "r" for a registered friend, "v" for a visitor."""

    moment: datetime
    kind: str
    id: int


@dataclass(frozen=True)
class Friend:
    """`id` is a referral's or, with state `visited`, a visit's. `due_at`: when what waits is paid."""

    id: int
    name: str
    state: FriendState
    via: str
    visited_at: datetime | None
    registered_at: datetime | None
    first_order_at: datetime | None
    due_at: datetime | None
    rewards: tuple[FriendReward, ...]
    position: Position


def friends(
    customer_id: int,
    *,
    now: datetime,
    states: Collection[str] = (),
    limit: int = PAGE,
    offset: int = 0,
    before: Position | None = None,
    after: Position | None = None,
) -> list[Friend]:
    """Newest first: by registration, a visitor who has not registered by the last visit while it is remembered (R-2).

    `states` empty: all. `before` gives those further down the list, `after` the nearest ones further up. Two queries.
    """
    asked = {
        "customer": customer_id,
        "now": now,
        "states": list(states),
        "limit": limit,
        "offset": offset,
        **_edge(before or after),
    }
    place = f"{POSITION} {'<' if before else '>'} {EDGE}" if before or after else "TRUE"
    order = UPWARDS if after and not before else DOWNWARDS
    with connection.cursor() as cursor:
        cursor.execute(f"{LISTED} {PAGE_OF % {'place': place, 'order': order}}", asked)
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if order == UPWARDS:
        rows.reverse()
    rewards = rewards_for([row["id"] for row in rows if row["kind"] == "r"], now=now)
    return [_friend(row, rewards) for row in rows]


def friend_name(first_name: str, last_name: str) -> str:
    """«Анна К.»: the first name and the initial, never more; «Friend» for who gave none, or something else for one.

    It stands in letters of ours: an address or an advertisement in its place would speak for the shop.
    """
    first = shown_name(next(iter(first_name.split()), ""))
    if not first:
        return _("Friend")
    initial = last_name.strip()[:1].upper()
    return f"{first}\N{NO-BREAK SPACE}{initial}." if initial.isalpha() else first


def _friend(row: Mapping[str, Any], rewards: Mapping[int, tuple[FriendReward, ...]]) -> Friend:
    is_visitor = row["kind"] == "v"
    return Friend(
        id=row["id"],
        name=_("Guest") if is_visitor else friend_name(row["first_name"], row["last_name"]),
        state=FriendState(row["state"]),
        via=row["via"],
        visited_at=row["visited_at"],
        registered_at=row["registered_at"],
        first_order_at=row["first_ordered_at"],
        due_at=row["due_at"] if row["state"] == FriendState.WAITING else None,
        rewards=() if is_visitor else rewards.get(row["id"], ()),
        position=Position(row["moment"], row["kind"], row["id"]),
    )


def _edge(position: Position | None) -> dict[str, Any]:
    return position._asdict() if position else {}


# A visitor is one device, at the latest visit; whose device has registered by this customer's link is no guest.
LISTED = """
WITH listed AS (
    SELECT 'r' AS kind, f.id, n.first_name, n.last_name, f.via, v.visited_at, f.registered_at, f.first_ordered_at,
           r.due_at, f.registered_at AS moment,
           CASE r.status WHEN 'pending' THEN 'waiting' WHEN 'held' THEN 'under_review'
                ELSE COALESCE(r.status, CASE WHEN f.first_ordered_at IS NULL THEN 'registered' ELSE 'ordered' END)
           END AS state
    FROM referrals_referral f
    JOIN customers_customer n ON n.id = f.newcomer_id
    LEFT JOIN referrals_visit v ON v.id = f.visit_id
    LEFT JOIN LATERAL (
        SELECT status, due_at FROM referrals_reward
        WHERE referral_id = f.id AND role = 'referrer'
        ORDER BY status = 'cancelled', qualified_at DESC, id DESC LIMIT 1
    ) r ON TRUE
    WHERE f.referrer_id = %(customer)s AND n.merged_into_id IS NULL
    UNION ALL
    SELECT 'v', id, '', '', via, visited_at, NULL, NULL, NULL, visited_at, 'visited'
    FROM (
        SELECT DISTINCT ON (device) * FROM referrals_visit v
        WHERE referrer_id = %(customer)s
          AND visited_at > %(now)s - make_interval(
              days => COALESCE((SELECT referral_visit_days FROM customers_programme WHERE id = 1), 30)::int)
          AND NOT EXISTS (
              SELECT FROM referrals_visit o JOIN referrals_referral f ON f.visit_id = o.id
              WHERE o.referrer_id = v.referrer_id AND o.device = v.device)
        ORDER BY device, visited_at DESC, id DESC
    ) guests
)
"""
PAGE_OF = """
SELECT * FROM listed WHERE (%%(states)s = '{}' OR state = ANY(%%(states)s)) AND %(place)s
ORDER BY %(order)s LIMIT %%(limit)s OFFSET %%(offset)s
"""
POSITION, EDGE = "(moment, kind, id)", "(%(moment)s, %(kind)s, %(id)s)"
DOWNWARDS, UPWARDS = "moment DESC, kind DESC, id DESC", "moment, kind, id"
