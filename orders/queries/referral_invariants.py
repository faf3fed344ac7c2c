"""What must hold between orders and what they bring to who brought the buyer (RELIABILITY 19)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

# Rewards of orders of the shop: whoever writes them elsewhere names them otherwise.
OF_ORDERS = """
    SELECT r.*, substring(r.order_ref FROM '^order:([0-9]+)$')::bigint AS order_id,
           COALESCE(n.merged_into_id, n.id) AS newcomer_id
    FROM referrals_reward r JOIN referrals_referral f ON f.id = r.referral_id
    JOIN customers_customer n ON n.id = f.newcomer_id WHERE r.order_ref ~ '^order:[0-9]+$'
"""

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "referral_reward_has_its_order",
        _("a reward stands for a paid order of the newcomer, of as much for goods"),
        f"""
        SELECT r.id AS reward_id, r.order_ref, r.newcomer_id, r.base_amount, r.qualified_at, o.customer_id, o.status,
               o.total - o.delivery_total AS goods, o.paid_at
        FROM ({OF_ORDERS}) r LEFT JOIN orders_order o ON o.id = r.order_id
        WHERE o.customer_id IS DISTINCT FROM r.newcomer_id OR COALESCE(o.paid_at > r.qualified_at, TRUE)
           OR o.total - o.delivery_total IS DISTINCT FROM r.base_amount
        """,  # noqa: S608
    ),
    Invariant(
        "referral_reward_outlives_no_refund",
        _("an order that was given back pays nobody: in the hold nothing of it may be, after it not all"),
        f"""
        SELECT r.id AS reward_id, r.status, r.order_ref, o.status AS order_status, o.refunded_amount
        FROM ({OF_ORDERS}) r JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN promocodes_promocode c ON c.id = r.promo_code_id
        WHERE r.status IN ('pending', 'held')
              AND o.status IN ('new', 'cancelled', 'partially_refunded', 'refunded')
           OR r.status = 'paid' AND o.status IN ('new', 'cancelled', 'refunded') AND COALESCE(c.uses, 0) = 0
              AND c.switch IS DISTINCT FROM FALSE
        """,  # noqa: S608
    ),
)
