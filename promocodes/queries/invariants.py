"""What must hold of promo codes, whatever happened (RELIABILITY 1 to 4). Rows are compared, never counters alone."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "code_uses_within_limit",
        _("no code has more live uses than its limit"),
        """
        SELECT c.id AS promo_code_id, c.code, c.max_uses, r.live
        FROM (SELECT promo_code_id, count(*) AS live FROM promocodes_redemption
              WHERE released_at IS NULL GROUP BY promo_code_id) r
        JOIN promocodes_promocode c ON c.id = r.promo_code_id
        WHERE r.live > c.max_uses
        """,
    ),
    # Two that were merged had a limit each until then: a use counts against as many as there were when it was taken.
    Invariant(
        "customer_uses_within_limit",
        _("no customer has more live uses of a code than it allows"),
        """
        SELECT promo_code_id, holder, max(number) AS live FROM (
            SELECT r.promo_code_id, h.holder, r.redeemed_at,
                   CASE WHEN t.first_order_only THEN 1 ELSE t.max_uses_per_customer END AS allowed,
                   row_number() OVER (PARTITION BY r.promo_code_id, h.holder ORDER BY r.redeemed_at, r.id) AS number
            FROM promocodes_redemption r
            CROSS JOIN LATERAL unnest(r.holders) AS h (holder)
            JOIN promocodes_promocode c ON c.id = r.promo_code_id
            JOIN promocodes_terms t ON t.id = c.terms_id
            WHERE r.released_at IS NULL AND (t.first_order_only OR t.max_uses_per_customer IS NOT NULL)
        ) used
        WHERE number > allowed AND number > allowed * (1 + (
            SELECT count(*) FROM customers_merge m JOIN customers_customer gone ON gone.id = m.absorbed_id
            WHERE 'customer:' || gone.merged_into_id = holder AND m.merged_at > redeemed_at - interval '5 minutes'))
        GROUP BY promo_code_id, holder
        """,
    ),
    Invariant(
        "code_counter_equals_rows",
        _("the counter of a code equals its live uses"),
        """
        SELECT c.id AS promo_code_id, c.uses, COALESCE(r.live, 0) AS live
        FROM promocodes_promocode c
        FULL JOIN (SELECT promo_code_id, count(*) AS live FROM promocodes_redemption
                   WHERE released_at IS NULL GROUP BY promo_code_id) r ON r.promo_code_id = c.id
        WHERE c.uses IS DISTINCT FROM COALESCE(r.live, 0)
        """,
    ),
    Invariant(
        "holder_counter_equals_rows",
        _("the counter of a customer's uses equals the uses"),
        """
        SELECT COALESCE(u.promo_code_id, r.promo_code_id) AS promo_code_id, COALESCE(u.holder, r.holder) AS holder,
               u.uses, r.live
        FROM promocodes_holderuse u
        FULL JOIN (SELECT d.promo_code_id, h.holder, count(*) AS live
                   FROM promocodes_redemption d CROSS JOIN LATERAL unnest(d.holders) AS h (holder)
                   WHERE d.released_at IS NULL GROUP BY 1, 2) r
            ON r.promo_code_id = u.promo_code_id AND r.holder = u.holder
        WHERE COALESCE(u.uses, 0) <> COALESCE(r.live, 0)
        """,
    ),
    Invariant(
        "campaign_spent_equals_rows",
        _("what a campaign has spent equals the discounts given, within its budget"),
        """
        SELECT k.id AS campaign_id, k.budget, s.budget AS counter_budget, s.spent, COALESCE(r.given, 0) AS given
        FROM promocodes_campaign k
        LEFT JOIN promocodes_campaignspending s ON s.campaign_id = k.id
        LEFT JOIN (SELECT t.campaign_id, sum(d.discount) AS given
                   FROM promocodes_redemption d
                   JOIN promocodes_promocode c ON c.id = d.promo_code_id
                   JOIN promocodes_terms t ON t.id = c.terms_id
                   WHERE d.released_at IS NULL AND t.campaign_id IS NOT NULL
                   GROUP BY t.campaign_id) r ON r.campaign_id = k.id
        WHERE s.spent IS DISTINCT FROM COALESCE(r.given, 0)
           OR s.budget IS DISTINCT FROM k.budget
           OR COALESCE(r.given, 0) > k.budget
        """,
    ),
    Invariant(
        "redeemed_within_period",
        _("every live use was taken within the period of its code"),
        """
        SELECT d.id AS redemption_id, d.order_ref, d.redeemed_at, t.starts_at, t.ends_at
        FROM promocodes_redemption d
        JOIN promocodes_promocode c ON c.id = d.promo_code_id
        JOIN promocodes_terms t ON t.id = c.terms_id
        WHERE d.released_at IS NULL AND (d.redeemed_at < t.starts_at OR d.redeemed_at >= t.ends_at)
        """,
    ),
    Invariant(
        "code_has_terms",
        _("every code has terms"),
        """
        SELECT c.id AS promo_code_id, c.terms_id FROM promocodes_promocode c
        WHERE NOT EXISTS (SELECT FROM promocodes_terms t WHERE t.id = c.terms_id)
        """,
    ),
    Invariant(
        "batch_is_counted",
        _("a batch has exactly the codes it counts"),
        """
        SELECT b.id AS batch_id, b.created_count, COALESCE(c.made, 0) AS made
        FROM promocodes_batch b
        LEFT JOIN (SELECT terms_id, count(*) AS made FROM promocodes_promocode GROUP BY terms_id) c
            ON c.terms_id = b.terms_id
        WHERE b.created_count <> COALESCE(c.made, 0) OR (b.finished_at IS NOT NULL AND b.created_count <> b.count)
        """,
    ),
)
