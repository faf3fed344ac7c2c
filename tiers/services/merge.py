"""Two customers become one: cards, memberships and the way on the ladder follow (CU-3, T-2, T-4, T-5)."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from customers.models import Merge
from customers.services.merge_rows import moved, run
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Card, Membership, TierChange
from tiers.services.memberships import end_of
from tiers.services.review import review_after_merge


@requires_transaction
def merge_tiers(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """The better of the two tiers stays, and what was spent counts together from now on.

    Both cards work at the till; of two virtual ones the absorbed customer's becomes a plain number. Paid memberships
    that lie on each other follow one another instead. The caller holds both customers; standings are locked here.
    """
    run(LOCK, merge)
    cards = _move_cards(merge)
    memberships = _move_memberships(merge, now)
    run(MOVE_CHANGES, merge)
    with connection.cursor() as cursor:
        cursor.execute(KEEP_THE_BETTER, {"survivor": merge.survivor_id, "absorbed": merge.absorbed_id, "now": now})
        lifted = cursor.rowcount > 0
    run("DELETE FROM tiers_standing WHERE customer_id = %(absorbed)s", merge)
    lifted = review_after_merge(customer_id=merge.survivor_id, now=now) or lifted
    code = run("SELECT FROM tiers_standing WHERE customer_id = %(survivor)s", merge)
    if not (cards or memberships or lifted or code):
        return None
    return {"part": "tiers", "cards": cards, "memberships": memberships, "lifted": lifted}


def _move_cards(merge: Merge) -> int:
    if Card.objects.filter(customer=merge.survivor_id, kind=Card.Kind.VIRTUAL).exists():
        Card.objects.filter(customer=merge.absorbed_id, kind=Card.Kind.VIRTUAL).update(kind=Card.Kind.IMPORTED)
    return moved(merge, "tiers_card")


def _move_memberships(merge: Merge, now: datetime) -> int:
    """What is over stays as it was; what lives and would lie on another of the same tier begins where that ends."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    own = list(rows.filter(customer=merge.absorbed_id).order_by("starts_at", "pk"))
    for membership in own:
        membership.customer_id = merge.survivor_id
        lies_on = Membership.objects.filter(
            customer=merge.survivor_id, tier=membership.tier_id, refunded_at=None, merged_from=None
        )
        beside = Q(starts_at__lt=membership.ends_at, ends_at__gt=membership.starts_at)
        if membership.refunded_at is None and membership.merged_from_id is None and lies_on.filter(beside).exists():
            if membership.ends_at <= now:
                membership.merged_from_id = merge.absorbed_id
            else:
                membership.starts_at = max(lies_on.values_list("ends_at", flat=True))
                membership.ends_at = end_of(membership.starts_at, membership.months * membership.quantity)
        membership.save(update_fields=["customer", "merged_from", "starts_at", "ends_at"])
    return len(own)


LOCK = """
SELECT FROM tiers_standing WHERE customer_id IN (%(survivor)s, %(absorbed)s) ORDER BY customer_id FOR NO KEY UPDATE
"""

# Each record's changes follow each other: the database keeps whose they were.
MOVE_CHANGES = """
UPDATE tiers_tierchange SET customer_id = %(survivor)s, merged_from_id = COALESCE(merged_from_id, customer_id)
WHERE customer_id = %(absorbed)s
"""

KEEP_THE_BETTER = f"""
WITH ladder AS (SELECT basis FROM tiers_ladder WHERE id = 1), rung AS (
    SELECT t.id, t.is_active, CASE ladder.basis WHEN 'spend' THEN t.threshold_amount ELSE t.threshold_orders END
           AS height FROM tiers_tier t CROSS JOIN ladder
), compared AS (
    SELECT a.tier_id, a.lapses_at, other.height, s.tier_id AS own_tier_id, own.height AS own_height,
           s.customer_id IS NOT NULL AS has_row
    FROM tiers_standing a JOIN rung other ON other.id = a.tier_id
    LEFT JOIN tiers_standing s ON s.customer_id = %(survivor)s
    JOIN rung own ON own.id = COALESCE(s.tier_id, (SELECT id FROM rung WHERE is_active ORDER BY height LIMIT 1))
    WHERE a.customer_id = %(absorbed)s AND other.height > own.height
), stands AS (
    INSERT INTO tiers_standing AS s (customer_id, tier_id, since, lapses_at)
    SELECT %(survivor)s, tier_id, %(now)s, lapses_at FROM compared
    ON CONFLICT (customer_id) DO UPDATE
    SET tier_id = EXCLUDED.tier_id, since = EXCLUDED.since, lapses_at = EXCLUDED.lapses_at
)
INSERT INTO tiers_tierchange
    (customer_id, from_tier_id, to_tier_id, basis, from_threshold, to_threshold, cause, changed_at, spent, orders,
     order_ref)
SELECT %(survivor)s, own_tier_id, tier_id, ladder.basis, own_height, height, '{TierChange.Cause.MERGE}', %(now)s, 0, 0,
       ''
FROM compared CROSS JOIN ladder
"""  # noqa: S608 (nothing but constants)
