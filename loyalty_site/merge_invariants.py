"""What must hold of customers who were merged (CU-3), over the tables of all apps."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

# (table, column) of all that a merge moves. A test walks the models: each column with a customer is here or below.
MOVED = (
    ("customers_consent", "customer_id"),
    ("customers_customernote", "customer_id"),
    ("customers_customertag", "customer_id"),
    ("customers_erasurerequest", "customer_id"),
    ("customers_purchase", "customer_id"),
    ("customers_rfm", "customer_id"),
    ("customers_segmentmembership", "customer_id"),
    ("notifications_outboxmessage", "customer_id"),
    ("orders_basket", "customer_id"),
    ("orders_order", "customer_id"),
    ("points_entry", "account_id"),
    ("points_lot", "account_id"),
    ("points_pendingadjustment", "customer_id"),
    ("promocodes_promocode", "customer_id"),
    ("promocodes_redemption", "customer_id"),
    ("referrals_ambassador", "customer_id"),
    ("referrals_referral", "referrer_id"),
    ("referrals_referrer", "customer_id"),
    ("referrals_reward", "payee_id"),
    ("referrals_trait", "customer_id"),
    ("referrals_visit", "referrer_id"),
    ("tiers_card", "customer_id"),
    ("tiers_membership", "customer_id"),
    ("tiers_standing", "customer_id"),
    ("tiers_tierchange", "customer_id"),
)
# What stays: trails, the empty account, a void referral, a gift the survivor has too, and what is gone by itself.
STAYS = frozenset(
    {
        ("customers_customer", "merged_into_id"),
        ("customers_datadownload", "customer_id"),
        ("customers_duplicate", "first_id"),
        ("customers_duplicate", "second_id"),
        ("customers_importchange", "customer_id"),
        ("customers_merge", "absorbed_id"),
        ("customers_merge", "survivor_id"),
        ("customers_rfmmove", "customer_id"),
        ("customers_segmentmove", "customer_id"),
        ("customers_stalecustomer", "customer_id"),
        ("points_occasiongift", "customer_id"),
        ("points_pointsaccount", "customer_id"),
        ("referrals_referral", "newcomer_id"),
        ("tiers_membership", "merged_from_id"),
        ("tiers_tierchange", "merged_from_id"),
    }
)

OWNED = " UNION ALL ".join(
    f"SELECT '{table}' AS of, t.{column} AS customer_id FROM customers_merge m JOIN {table} t"  # noqa: S608
    f" ON t.{column} = m.absorbed_id"
    for table, column in MOVED
)

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "merged_owns_nothing",
        _("a merged customer owns nothing: all of it is of the one who stayed"),
        f"""
        {OWNED} UNION ALL SELECT 'points_pointsaccount', a.customer_id FROM customers_merge m
        JOIN points_pointsaccount a ON a.customer_id = m.absorbed_id WHERE a.debt > 0
        """,  # noqa: S608
    ),
    Invariant(
        "merged_leads_to_who_stayed",
        _("a merged customer leads to one who stayed, by the trail of its merges"),
        """
        SELECT c.id AS customer_id, c.merged_into_id, s.merged_into_id AS next, m.id AS merge_id
        FROM customers_customer c JOIN customers_customer s ON s.id = c.merged_into_id
        LEFT JOIN customers_merge m ON m.absorbed_id = c.id
        WHERE s.merged_into_id IS NOT NULL OR m.id IS NULL
        """,
    ),
)
