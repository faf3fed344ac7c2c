"""What another ladder would do, before it is saved (T-1, T-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Customer
from loyalty_site.kernel.errors import InvalidInput
from tiers.queries.counting import LADDER, RUNGS
from tiers.rules import Basis, LadderSpec, ladder_faults


@dataclass(frozen=True)
class Preview:
    """How many customers would go from tier to tier (codes) because of the change, the largest groups first.

    Up at the next review; down after the notice and the grace, should they not deserve more by then.
    """

    moves: tuple[tuple[str, str, int], ...]
    up: int
    down: int


def preview_ladder(spec: LadderSpec, *, now: datetime) -> Preview:
    """Raises InvalidInput like `save_ladder`. One query over all who have bought; who moves anyway is left out."""
    with connection.cursor() as cursor:
        cursor.execute(MOVES, _values(spec, now))
        rows = cursor.fetchall()
    return Preview(
        moves=tuple((start, end, count) for start, end, count, _is_up in rows),
        up=sum(count for _start, _end, count, is_up in rows if is_up),
        down=sum(count for _start, _end, count, is_up in rows if not is_up),
    )


def preview_customers(
    spec: LadderSpec, *, from_code: str, to_code: str, now: datetime, limit: int
) -> Sequence[Customer]:
    """The first `limit` customers of one group of the preview, by key."""
    asked: dict[str, Any] = {"from": from_code, "to": to_code, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(WHO_MOVES, {**_values(spec, now), **asked})
        keys = [key for (key,) in cursor.fetchall()]
    return list(Customer.objects.filter(pk__in=keys).order_by("pk"))


def _values(spec: LadderSpec, now: datetime) -> dict[str, Any]:
    faults = ladder_faults(spec)
    if faults:
        raise InvalidInput(*faults)
    by_spend = spec.basis == Basis.SPEND
    return {
        "now": now,
        "basis": str(spec.basis),
        "window_days": spec.window_days,
        "codes": [tier.code for tier in spec.tiers],
        "heights": [tier.threshold_amount if by_spend else tier.threshold_orders for tier in spec.tiers],
    }


# Who has no row stands on the lowest tier, whichever that is. A tier taken off keeps the height it has.
WOULD_MOVE = f"""
WITH {LADDER}, {RUNGS}, asked AS (
    SELECT * FROM unnest(%(codes)s::text[], %(heights)s::numeric[]) AS asked (code, height)
), counted AS (
    SELECT p.customer_id,
           CASE l.basis WHEN 'spend' THEN sum(kept) FILTER (WHERE is_now) ELSE count(*) FILTER (WHERE is_now) END
               AS by_now,
           CASE %(basis)s WHEN 'spend' THEN sum(kept) FILTER (WHERE is_then) ELSE count(*) FILTER (WHERE is_then) END
               AS by_spec
    FROM customers_purchase p
    CROSS JOIN ladder l
    CROSS JOIN LATERAL (
        SELECT p.goods_amount - p.refunded_amount AS kept,
               p.paid_at > %(now)s - make_interval(days => l.window_days) AS is_now,
               p.paid_at > %(now)s - make_interval(days => %(window_days)s) AS is_then
    ) facts
    WHERE p.customer_id IS NOT NULL AND p.paid_at <= %(now)s AND p.goods_amount > p.refunded_amount
      AND p.paid_at > %(now)s - make_interval(days => greatest(l.window_days, %(window_days)s))
    GROUP BY p.customer_id, l.basis
), reached AS (
    SELECT COALESCE(s.customer_id, c.customer_id) AS customer_id, s.tier_id,
           (SELECT t.code FROM rung r JOIN tiers_tier t ON t.id = r.id
            WHERE r.is_active AND (r.height = 0 OR r.height <= c.by_now) ORDER BY r.height DESC LIMIT 1) AS now_code,
           (SELECT code FROM asked
            WHERE height = 0 OR height <= c.by_spec ORDER BY height DESC LIMIT 1) AS spec_code
    FROM tiers_standing s FULL JOIN counted c ON c.customer_id = s.customer_id
), would_move AS (
    SELECT r.customer_id, COALESCE(t.code, lowest_now.code) AS from_code, r.spec_code AS to_code,
           COALESCE(target.height > own.height, false) AS is_up
    FROM reached r
    CROSS JOIN (SELECT code FROM asked ORDER BY height LIMIT 1) lowest
    CROSS JOIN (SELECT t.code FROM rung JOIN tiers_tier t USING (id) WHERE rung.is_active ORDER BY rung.height LIMIT 1)
        lowest_now
    LEFT JOIN tiers_tier t ON t.id = r.tier_id
    JOIN asked target ON target.code = r.spec_code
    LEFT JOIN LATERAL (
        SELECT COALESCE(a.height, CASE %(basis)s WHEN 'spend' THEN t.threshold_amount ELSE t.threshold_orders END)
            AS height
        FROM (VALUES (1)) one LEFT JOIN asked a ON a.code = COALESCE(t.code, lowest.code)
    ) own ON true
    WHERE r.spec_code <> COALESCE(t.code, lowest.code) AND r.spec_code IS DISTINCT FROM r.now_code
)
"""  # noqa: S608

MOVES = f"""{WOULD_MOVE}
SELECT from_code, to_code, count(*), is_up FROM would_move GROUP BY from_code, to_code, is_up
ORDER BY count(*) DESC, from_code, to_code
"""  # noqa: S608

WHO_MOVES = f"""{WOULD_MOVE}
SELECT customer_id FROM would_move WHERE from_code = %(from)s AND to_code = %(to)s ORDER BY customer_id LIMIT %(limit)s
"""  # noqa: S608
