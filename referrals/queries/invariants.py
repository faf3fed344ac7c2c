"""What must hold of referrals, whatever happened (RELIABILITY 18, 19). Rewards are compared with the ledger itself."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "referrals_nobody_brings_himself",
        _("nobody brought himself, and who brings was a customer first"),
        """
        SELECT id AS referral_id, referrer_id, newcomer_id FROM referrals_referral WHERE referrer_id >= newcomer_id
        """,
    ),
    Invariant(
        "referrals_one_referrer",
        _("a newcomer was brought once, by somebody"),
        """
        SELECT newcomer_id, count(*) AS referrals FROM referrals_referral
        GROUP BY newcomer_id HAVING count(*) > 1 OR bool_or(referrer_id IS NULL AND ambassador_id IS NULL)
        """,
    ),
    # Every ring has a step back to a later customer: the way is followed from those alone.
    Invariant(
        "referrals_no_ring",
        _("nobody was brought by those whom he brought"),
        """
        WITH RECURSIVE chain (start_id, customer_id) AS (
            SELECT newcomer_id, referrer_id FROM referrals_referral WHERE referrer_id >= newcomer_id
            UNION
            SELECT c.start_id, f.referrer_id FROM chain c JOIN referrals_referral f ON f.newcomer_id = c.customer_id
            WHERE c.customer_id <> c.start_id AND f.referrer_id IS NOT NULL
        )
        SELECT start_id AS customer_id FROM chain WHERE customer_id = start_id
        """,
    ),
    Invariant(
        "referrals_paid_after_the_hold",
        _("nothing is paid before the order's refunds were waited for"),
        """
        SELECT r.id AS reward_id, r.status, r.qualified_at, f.hold_days, r.due_at, r.paid_at
        FROM referrals_reward r JOIN referrals_referral f ON f.id = r.referral_id
        WHERE r.status IN ('paid', 'taken_back') AND (r.paid_at IS NULL OR r.paid_at < r.due_at)
           OR r.order_ref <> '' AND r.due_at < r.qualified_at + make_interval(hours => 24 * f.hold_days)
        """,
    ),
    Invariant(
        "referrals_points_are_in_the_ledger",
        _("a paid reward in points is a lot of its payee, and every such lot a paid reward"),
        """
        SELECT r.id AS reward_id, r.status, r.payee_id, r.amount, l.fact, l.account_id, l.amount AS points
        FROM (SELECT * FROM referrals_reward WHERE kind = 'points' AND status IN ('paid', 'taken_back')) r
        FULL JOIN (SELECT * FROM points_lot WHERE fact LIKE 'referral:%') l ON l.fact = 'referral:' || r.id
        WHERE l.amount IS DISTINCT FROM r.amount OR l.account_id IS DISTINCT FROM r.payee_id OR l.kind <> 'referral'
        """,
    ),
    Invariant(
        "referrals_taken_back_agrees",
        _("what was taken back of a reward in points is what the ledger says"),
        """
        SELECT r.id AS reward_id, r.status, r.amount, r.taken_back_amount, COALESCE(t.points, 0) AS taken
        FROM referrals_reward r
        LEFT JOIN (SELECT e.fact, -sum(b.amount) AS points FROM points_entry b
                   JOIN points_entry e ON e.id = b.reverses_id AND e.fact LIKE 'referral:%'
                   WHERE b.kind = 'take_back' GROUP BY e.fact) t ON t.fact = 'referral:' || r.id
        WHERE r.kind = 'points' AND r.taken_back_amount <> COALESCE(t.points, 0)
           OR (r.status = 'taken_back') <> (r.taken_back_amount = r.amount)
        """,
    ),
    Invariant(
        "referrals_codes_belong_to_payees",
        _("a paid reward in a promo code is a code of its payee alone"),
        """
        SELECT r.id AS reward_id, r.status, r.payee_id, r.promo_code_id, c.customer_id FROM referrals_reward r
        LEFT JOIN promocodes_promocode c ON c.id = r.promo_code_id
        WHERE r.kind IN ('fixed_code', 'percent_code') AND r.status IN ('paid', 'taken_back')
              AND c.customer_id IS DISTINCT FROM r.payee_id
        """,
    ),
    # A partner without an account of a buyer has no payee: his statement tells him.
    Invariant(
        "referrals_payees_are_told",
        _("who was paid a reward has a message about it"),
        """
        SELECT r.id AS reward_id, r.role, r.payee_id, r.paid_at FROM referrals_reward r
        WHERE r.status IN ('paid', 'taken_back') AND r.payee_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM notifications_outboxmessage m WHERE m.customer_id = r.payee_id AND m.key =
                CASE r.role WHEN 'referrer' THEN 'referral_paid:' ELSE 'referral_welcome:' END || r.id)
        """,
    ),
    Invariant(
        "referrals_paid_on_time",
        _("nothing that is due waits for more than a day, counted from a decision of staff if that was later"),
        """
        SELECT r.id AS reward_id, r.referral_id, r.due_at, v.decided_at FROM referrals_reward r
        LEFT JOIN referrals_review v ON v.referral_id = r.referral_id
        WHERE r.status = 'pending' AND GREATEST(r.due_at, v.decided_at) < now() - interval '1 day'
        """,
    ),
    Invariant(
        "referrals_reviews_agree",
        _("what is held has a review to decide about, and what a review holds or refuses is not paid"),
        """
        SELECT r.id AS reward_id, r.status, r.paid_at, v.status AS review, v.opened_at FROM referrals_reward r
        LEFT JOIN referrals_review v ON v.referral_id = r.referral_id
        WHERE r.status = 'held' AND COALESCE(v.status NOT IN ('waiting', 'blocked'), TRUE)
           OR r.paid_at > v.opened_at AND v.status IN ('waiting', 'blocked')
        """,
    ),
    Invariant(
        "referrals_takings_back_add_up",
        _("what refunds took back of a reward, one by one, adds up to what the reward says"),
        """
        SELECT r.id AS reward_id, r.taken_back_amount, COALESCE(t.amount, 0) AS written FROM referrals_reward r
        LEFT JOIN (SELECT reward_id, sum(amount) AS amount FROM referrals_takenback GROUP BY reward_id) t
            ON t.reward_id = r.id
        WHERE r.taken_back_amount <> COALESCE(t.amount, 0)
        """,
    ),
)
