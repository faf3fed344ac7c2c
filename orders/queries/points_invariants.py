"""What must hold between orders and the ledger of points (RELIABILITY 15, 16, 20)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

# What the ledger says of each order: an entry's reversals name it, so what came back is counted under its fact.
OF_ORDERS = """
    SELECT CASE WHEN e.fact LIKE 'spend:order:%' THEN 'spent'
                WHEN e.fact LIKE 'earn:order:%' THEN 'earned' ELSE 'bonus' END AS what,
           substring(e.fact FROM 'order:([0-9]+)$')::bigint AS order_id, min(e.account_id) AS account_id,
           abs(sum(e.amount)) AS points, COALESCE(abs(sum(r.amount)), 0) AS undone
    FROM points_entry e
    LEFT JOIN (SELECT reverses_id, sum(amount) AS amount FROM points_entry
               WHERE reverses_id IS NOT NULL AND kind IN ('return', 'take_back') GROUP BY 1) r ON r.reverses_id = e.id
    WHERE e.kind IN ('spend', 'earn') AND (e.fact LIKE 'spend:order:%' OR e.fact LIKE 'earn:order:%'
          OR e.fact LIKE 'first_purchase:order:%')
    GROUP BY 1, 2
"""

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "order_points_are_spent",
        _("an order's points are those that the ledger spent for it"),
        f"""
        SELECT COALESCE(o.id, l.order_id) AS order_id, o.customer_id, o.points_spent, l.account_id, l.points AS spent
        FROM orders_order o
        FULL JOIN (SELECT * FROM ({OF_ORDERS}) f WHERE what = 'spent') l ON l.order_id = o.id
        WHERE COALESCE(o.points_spent, 0) <> COALESCE(l.points, 0)
           OR l.points IS NOT NULL AND l.account_id IS DISTINCT FROM o.customer_id
        """,  # noqa: S608
    ),
    Invariant(
        "paid_order_earned",
        _("a paid order earned its customer what it promised, once"),
        f"""
        SELECT COALESCE(o.id, l.order_id) AS order_id, o.customer_id, o.points_to_earn, o.paid_at, l.account_id,
               l.points AS earned
        FROM orders_order o
        FULL JOIN (SELECT * FROM ({OF_ORDERS}) f WHERE what = 'earned') l ON l.order_id = o.id
        WHERE COALESCE(l.points, 0) <> CASE WHEN o.paid_at IS NOT NULL AND o.customer_id IS NOT NULL
                                            THEN o.points_to_earn ELSE 0 END
           OR l.points IS NOT NULL AND l.account_id IS DISTINCT FROM o.customer_id
        """,  # noqa: S608
    ),
    Invariant(
        "refunds_say_their_points",
        _("what an order gave back and took back in points is what its refunds say"),
        f"""
        SELECT o.id AS order_id, o.status, r.returned, l.returned AS posted_back, r.taken, l.taken AS posted_taken
        FROM orders_order o
        JOIN (SELECT order_id, sum(undone) FILTER (WHERE what = 'spent') AS returned,
                     sum(undone) FILTER (WHERE what <> 'spent') AS taken FROM ({OF_ORDERS}) f GROUP BY 1) l
            ON l.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(points_returned) AS returned, sum(points_taken_back) AS taken
                   FROM orders_refund GROUP BY 1) r ON r.order_id = o.id
        WHERE o.status <> 'cancelled' AND (COALESCE(r.returned, 0) <> COALESCE(l.returned, 0)
                                           OR COALESCE(r.taken, 0) <> COALESCE(l.taken, 0))
        """,  # noqa: S608
    ),
    Invariant(
        "undone_order_leaves_no_points",
        _("an order that was cancelled or refunded whole keeps nothing earned and nothing spent"),
        f"""
        SELECT o.id AS order_id, o.status, l.what, l.points, l.undone
        FROM orders_order o JOIN ({OF_ORDERS}) l ON l.order_id = o.id
        WHERE o.status IN ('cancelled', 'refunded') AND l.points <> l.undone
        """,  # noqa: S608
    ),
    # Of two first purchases of customers who were merged one is first, and both keep their bonus (CU-3).
    Invariant(
        "payment_had_its_effects",
        _("a payment had each of its effects once: points, first purchase, thank-you"),
        f"""
        SELECT COALESCE(o.id, l.order_id) AS order_id, o.status, l.what, l.points, u.is_first, m.key
        FROM orders_order o
        FULL JOIN (SELECT * FROM ({OF_ORDERS}) f WHERE what <> 'spent') l ON l.order_id = o.id
        LEFT JOIN customers_purchase u ON u.ref = 'order:' || o.id
        LEFT JOIN notifications_outboxmessage m ON m.key = 'thank_you:order:' || o.id
        WHERE (l.points IS NOT NULL OR m.id IS NOT NULL OR o.paid_at IS NOT NULL)
          AND (o.paid_at IS NULL OR m.customer_id IS DISTINCT FROM o.customer_id
               OR l.what = 'bonus' AND u.is_first IS DISTINCT FROM (l.points > l.undone) AND NOT (
                   l.points > l.undone AND EXISTS (
                       SELECT FROM customers_merge m JOIN customers_customer gone ON gone.id = m.absorbed_id
                       WHERE gone.merged_into_id = o.customer_id AND m.merged_at > o.paid_at - interval '5 minutes')))
        """,  # noqa: S608
    ),
)
