"""Moves on the ladder: up at once with a purchase, everything else by the nightly review (T-2).

Standings are locked in the order of their keys, then purchases are read: whoever pays meanwhile either is seen, or
waits for the lock and looks again. A purchase that makes somebody's first standing beside a review finds it there and
looks again too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.services import mark_stale
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import TierChange
from tiers.queries.counting import state_of_chosen
from tiers.services.messages import tell_of_changes, tell_of_lapses

# Standings of a chunk stay locked until its end, and payments wait for them: half a second, not several.
CHUNK = 1_000
LIFTING = ("up", "kept")


@dataclass(frozen=True)
class Reviewed:
    """How many went up, were told that they will go down, went down, and deserve again what they were to lose.

    Go on with `after=last_id` until it is None.
    """

    up: int
    warned: int
    down: int
    kept: int
    last_id: int | None


@requires_transaction
def review_after_purchase(*, customer_id: int, order_ref: str, now: datetime) -> TierChange | None:
    """Up to what the customer deserves now; never down. The caller holds the customer's row.

    One statement when nothing moves, three when he goes up.
    """
    action, found = _locked_state(customer_id, now)
    if action not in LIFTING:
        return None
    applied = _apply([customer_id], LIFTING, cause=TierChange.Cause.PURCHASE, order_ref=order_ref, now=now)
    if action == "kept":
        return None
    if not applied.changes:
        # A review made his first standing a moment ago.
        return review_after_purchase(customer_id=customer_id, order_ref=order_ref, now=now)
    tell_of_changes(applied.changes, now=now)
    cause = TierChange.Cause.PURCHASE
    return TierChange(
        pk=applied.changes[0], customer_id=customer_id, cause=cause, changed_at=now, order_ref=order_ref, **found
    )


@requires_transaction
def review_after_merge(*, customer_id: int, now: datetime) -> bool:
    """Up to what two customers that became one deserve together (CU-3); whether it was up. Never down: that is the
    nightly review's. The caller holds the customer and both standings.
    """
    applied = _apply([customer_id], LIFTING, cause=TierChange.Cause.MERGE, order_ref="", now=now)
    tell_of_changes(applied.changes, now=now)
    return bool(applied.changes)


def _locked_state(customer_id: int, now: datetime) -> tuple[str | None, dict[str, Any]]:
    """What is to happen, and the fields of the change that would say so; the standing stays locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKED_STATE, {"customers": [customer_id], "now": now})
        row = cursor.fetchone() or (None,)
        names = [column.name for column in cursor.description]
    return row[0], dict(zip(names[1:], row[1:], strict=False))


@requires_transaction
def review_chunk(*, now: datetime, after: int = 0, limit: int = CHUNK) -> Reviewed:
    """The next `limit` customers by key: those who stand somewhere, or have bought within the ladder's period.

    Up at once, where an import or a change of the ladder lifted somebody; down in two steps: the notice, then, when
    the grace is over, to what is deserved then. Doing it again changes nothing; missed days need nothing special.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN, {"after": after, "limit": limit, "now": now})
        chosen = [key for (key,) in cursor.fetchall()]
        if not chosen:
            cursor.execute(REVIEWED, [now])
            return Reviewed(0, 0, 0, 0, None)
        cursor.execute(LOCK, [chosen])
    applied = _apply(chosen, ("up", "warned", "down", "kept"), cause=None, order_ref="", now=now)
    tell_of_changes(applied.changes, now=now)
    tell_of_lapses(applied.warned, now=now)
    mark_stale(customer_ids=applied.moved, now=now)
    return Reviewed(applied.up, len(applied.warned), len(applied.changes) - applied.up, applied.kept, chosen[-1])


@dataclass(frozen=True)
class Applied:
    """Keys of the changes written, of customers told, and of all whose standing is another now."""

    changes: list[int]
    warned: list[int]
    up: int
    kept: int
    moved: list[int]


def _apply(
    customers: Sequence[int], actions: Sequence[str], *, cause: str | None, order_ref: str, now: datetime
) -> Applied:
    """`cause` None: the review, or the change of the ladder that it follows."""
    values: dict[str, Any] = {
        "customers": list(customers),
        "actions": list(actions),
        "cause": cause,
        "order_ref": order_ref,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(APPLY, values)
        return Applied(*cursor.fetchone())


LOCKED_STATE = f"""
WITH {state_of_chosen(lock=True)}
SELECT action, tier_id AS from_tier_id, deserved_id AS to_tier_id, basis, own_height AS from_threshold,
       deserved_height AS to_threshold, spent, orders
FROM state
"""  # noqa: S608

CHOSEN = """
SELECT c.id FROM customers_customer c
WHERE c.id > %(after)s AND (
    EXISTS (SELECT FROM tiers_standing s WHERE s.customer_id = c.id)
    OR EXISTS (SELECT FROM customers_purchase p JOIN tiers_ladder l ON l.id = 1
               WHERE p.customer_id = c.id AND p.paid_at > %(now)s - make_interval(days => l.window_days)))
ORDER BY c.id LIMIT %(limit)s
"""

LOCK = """
SELECT count(*) FROM (
    SELECT FROM tiers_standing WHERE customer_id = ANY(%s) ORDER BY customer_id FOR NO KEY UPDATE) held
"""

REVIEWED = "UPDATE tiers_ladder SET changed_at = NULL WHERE id = 1 AND changed_at <= %s"

APPLY = f"""
WITH {state_of_chosen(lock=False)}, due AS (
    SELECT * FROM state WHERE action = ANY(%(actions)s)
), moved AS (
    UPDATE tiers_standing s SET tier_id = due.deserved_id, since = %(now)s, lapses_at = NULL
    FROM due WHERE s.customer_id = due.customer_id AND due.action IN ('up', 'down') RETURNING s.customer_id
), begun AS (
    INSERT INTO tiers_standing (customer_id, tier_id, since)
    SELECT customer_id, deserved_id, %(now)s FROM due WHERE action = 'up' AND NOT has_row ORDER BY customer_id
    ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id
), told AS (
    UPDATE tiers_standing s
    SET lapses_at = CASE due.action WHEN 'warned' THEN %(now)s + make_interval(days => ladder.grace_days) END
    FROM due CROSS JOIN ladder
    WHERE s.customer_id = due.customer_id AND due.action IN ('warned', 'kept')
    RETURNING s.customer_id, s.lapses_at
), changed AS (
    INSERT INTO tiers_tierchange
        (customer_id, from_tier_id, to_tier_id, basis, from_threshold, to_threshold, cause, changed_at, spent, orders,
         order_ref)
    SELECT due.customer_id, due.tier_id, due.deserved_id, due.basis, due.own_height, due.deserved_height,
           COALESCE(%(cause)s, CASE WHEN due.action = 'up' AND ladder.changed_at IS NOT NULL THEN 'ladder'
                               ELSE 'review' END),
           %(now)s, due.spent, due.orders, %(order_ref)s
    FROM due CROSS JOIN ladder
    WHERE due.customer_id IN (SELECT customer_id FROM moved UNION ALL SELECT customer_id FROM begun)
    ORDER BY due.customer_id
    RETURNING id, customer_id
)
SELECT ARRAY(SELECT id FROM changed ORDER BY id), ARRAY(SELECT customer_id FROM told WHERE lapses_at IS NOT NULL),
       (SELECT count(*) FROM changed JOIN due USING (customer_id) WHERE action = 'up'),
       (SELECT count(*) FROM told WHERE lapses_at IS NULL),
       ARRAY(SELECT customer_id FROM changed UNION SELECT customer_id FROM told)
"""  # noqa: S608
