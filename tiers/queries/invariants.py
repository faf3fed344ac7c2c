"""What must hold of tiers, whatever happened (RELIABILITY 21)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "tiers_standing_is_the_last_change",
        _("a customer stands where the last change of his tier has put him, since then"),
        """
        SELECT COALESCE(s.customer_id, c.customer_id) AS customer_id, s.tier_id, c.to_tier_id, s.since, c.changed_at
        FROM tiers_standing s
        FULL JOIN (SELECT DISTINCT ON (customer_id) customer_id, to_tier_id, changed_at
                   FROM tiers_tierchange WHERE merged_from_id IS NULL
                   ORDER BY customer_id, id DESC) c ON c.customer_id = s.customer_id
        WHERE s.tier_id IS DISTINCT FROM c.to_tier_id OR s.since IS DISTINCT FROM c.changed_at
        """,
    ),
    Invariant(
        "tiers_changes_follow_each_other",
        _("every change of a tier begins where the one before it ended, and moves"),
        """
        SELECT id AS change_id, customer_id, from_tier_id, to_tier_id, before FROM (
            SELECT *, lag(to_tier_id) OVER (PARTITION BY customer_id, merged_from_id ORDER BY id) AS before
            FROM tiers_tierchange) c
        WHERE from_tier_id IS DISTINCT FROM before OR from_tier_id = to_tier_id
        """,
    ),
    Invariant(
        "tiers_purchases_only_lift",
        _("nobody goes down by a purchase or by an edit of the ladder, and a purchase is named"),
        """
        SELECT id AS change_id, customer_id, cause, from_threshold, to_threshold, order_ref FROM tiers_tierchange
        WHERE cause IN ('purchase', 'ladder') AND to_threshold > from_threshold IS NOT TRUE
           OR (cause = 'purchase') <> (order_ref <> '')
        """,
    ),
    Invariant(
        "tiers_change_was_deserved",
        _("nobody is lifted to a tier that he did not reach"),
        """
        SELECT id AS change_id, customer_id, basis, to_threshold, spent, orders FROM tiers_tierchange
        WHERE cause NOT IN ('staff', 'merge') AND to_threshold > CASE basis WHEN 'spend' THEN spent ELSE orders END
        """,
    ),
    Invariant(
        "tiers_down_after_the_notice",
        _("nobody goes down without having been told"),
        """
        SELECT c.id AS change_id, c.customer_id, c.changed_at FROM tiers_tierchange c
        WHERE c.cause = 'review' AND c.to_threshold > c.from_threshold IS NOT TRUE AND NOT EXISTS (
            SELECT FROM notifications_outboxmessage m
            WHERE m.customer_id = c.customer_id AND m.kind = 'tier_lapsing' AND m.created_at <= c.changed_at)
        """,
    ),
    Invariant(
        "tiers_reviewed_on_time",
        _("who was to go down has been reviewed two days after"),
        """
        SELECT customer_id, tier_id, lapses_at FROM tiers_standing WHERE lapses_at < now() - interval '2 days'
        """,
    ),
    Invariant(
        "tiers_ladder_is_whole",
        _("every tier on the ladder has a threshold of its own, and the lowest is zero"),
        """
        SELECT basis, count(*) AS tiers, count(DISTINCT height) AS thresholds, min(height) AS lowest FROM (
            SELECT l.basis, CASE l.basis WHEN 'spend' THEN t.threshold_amount ELSE t.threshold_orders END AS height
            FROM tiers_ladder l LEFT JOIN tiers_tier t ON t.is_active) rungs
        GROUP BY basis HAVING count(DISTINCT height) <> count(*) OR min(height) <> 0
        """,
    ),
    Invariant(
        "tiers_memberships_apart",
        _("no two paid memberships of a customer give the same tier at once"),
        """
        SELECT a.customer_id, a.tier_id, a.id AS membership_id, b.id AS other_id FROM tiers_membership a
        JOIN tiers_membership b ON b.customer_id = a.customer_id AND b.tier_id = a.tier_id AND b.id > a.id
            AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.refunded_at IS NULL AND b.refunded_at IS NULL AND a.merged_from_id IS NULL AND b.merged_from_id IS NULL
        """,
    ),
    Invariant(
        "tiers_membership_lasts_what_was_paid",
        _("a membership lasts the months of the pieces that were kept, and is void without any"),
        """
        SELECT id AS membership_id, months, quantity, starts_at, ends_at, refunded_at FROM tiers_membership
        WHERE (quantity = 0) <> (refunded_at IS NOT NULL)
           OR refunded_at IS NULL AND ends_at - starts_at
              NOT BETWEEN make_interval(days => months * quantity * 28 - 1)
                      AND make_interval(days => months * quantity * 31 + 1)
        """,
    ),
    Invariant(
        "tiers_cards_are_in_order",
        _("a customer has one virtual card at most, and percents are from 0 to 100"),
        """
        SELECT id AS card_id, kind, customer_id, percent FROM (
            SELECT *, count(*) FILTER (WHERE kind = 'virtual') OVER (PARTITION BY customer_id) AS virtual
            FROM tiers_card) c
        WHERE percent NOT BETWEEN 0 AND 100 OR kind = 'virtual' AND (customer_id IS NULL OR virtual > 1)
        """,
    ),
)
