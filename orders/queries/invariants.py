"""What must hold of orders and their money, whatever happened (RELIABILITY 5, 13, 14, 16, 20)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "order_adds_up",
        _("an order's total is goods − discounts − points + delivery, not below zero, and its lines add up"),
        """
        SELECT o.id AS order_id, o.total, o.goods_total, o.discount_total, o.delivery_total, l.goods,
        l.discount, l.total
        FROM orders_order o
        LEFT JOIN (SELECT order_id, sum(subtotal) AS goods, sum(discount) AS discount,
                          sum(points_discount) AS points, sum(total) AS total,
                          bool_or(subtotal <> unit_price * quantity) AS is_wrong
                   FROM orders_orderline GROUP BY order_id) l ON l.order_id = o.id
        WHERE o.total < 0
           OR o.total <> o.goods_total - o.discount_total - o.points_discount + o.delivery_total
           OR o.goods_total IS DISTINCT FROM l.goods OR o.discount_total IS DISTINCT FROM l.discount
           OR o.points_discount IS DISTINCT FROM l.points OR o.total - o.delivery_total IS DISTINCT FROM
           l.total
           OR l.is_wrong
        """,
    ),
    Invariant(
        "line_discounts_add_up",
        _("a line's discount is the sum of what it is made of"),
        """
        SELECT l.id AS order_line_id, l.order_id, l.discount, d.amount
        FROM orders_orderline l
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum((part ->> 'amount')::numeric), 0) AS amount
            FROM jsonb_array_elements(l.discounts) AS part) d
        WHERE l.discount <> d.amount
        """,
    ),
    Invariant(
        "refunds_within_payment",
        _("what went back is what the refunds say, and never more than was paid"),
        """
        SELECT o.id AS order_id, o.refunded_amount, r.amount, p.amount AS paid
        FROM orders_order o
        LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM orders_refund GROUP BY order_id) r ON
        r.order_id = o.id
        LEFT JOIN orders_payment p ON p.order_id = o.id
        WHERE o.refunded_amount <> COALESCE(r.amount, 0) OR COALESCE(r.amount, 0) > COALESCE(p.amount, 0)
        """,
    ),
    Invariant(
        "refund_lines_add_up",
        _("a refund is the sum of its lines and delivery, and a line's refunds are the sum of theirs"),
        """
        SELECT 'refund' AS of, r.id, r.amount, COALESCE(l.amount, 0) + r.delivery_amount AS parts
        FROM orders_refund r
        LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM orders_refundline GROUP BY refund_id) l
            ON l.refund_id = r.id
        WHERE r.amount <> COALESCE(l.amount, 0) + r.delivery_amount
        UNION ALL
        SELECT 'order line', o.id, o.refunded_amount, COALESCE(l.amount, 0)
        FROM orders_orderline o
        LEFT JOIN (SELECT line_id, sum(amount) AS amount, sum(quantity) AS quantity
                   FROM orders_refundline GROUP BY line_id) l ON l.line_id = o.id
        WHERE o.refunded_amount <> COALESCE(l.amount, 0) OR o.refunded_quantity <> COALESCE(l.quantity, 0)
        """,
    ),
    Invariant(
        "status_says_what_went_back",
        _("an order is refunded when all its goods went back, and partly when some did"),
        """
        SELECT o.id AS order_id, o.status, o.refunded_amount, l.pieces, l.back
        FROM orders_order o
        JOIN (SELECT order_id, sum(quantity) AS pieces, sum(refunded_quantity) AS back
              FROM orders_orderline GROUP BY order_id) l ON l.order_id = o.id
        WHERE o.status <> CASE WHEN l.back = 0 THEN o.status WHEN l.back < l.pieces THEN 'partially_refunded'
                               ELSE 'refunded' END
           OR (l.back = 0 AND o.status IN ('partially_refunded', 'refunded'))
           OR (l.back = l.pieces AND o.refunded_amount <> o.total)
        """,
    ),
    Invariant(
        "paid_once",
        _("a paid order has one payment of its total and one purchase; another order has neither"),
        """
        SELECT o.id AS order_id, o.status, o.total, p.amount AS paid, u.goods_amount, u.customer_id
        FROM orders_order o
        LEFT JOIN orders_payment p ON p.order_id = o.id
        LEFT JOIN customers_purchase u ON u.ref = 'order:' || o.id
        WHERE (o.status NOT IN ('new', 'cancelled') AND (
                   p.amount IS DISTINCT FROM o.total OR o.paid_at IS NULL
                   OR u.goods_amount IS DISTINCT FROM o.total - o.delivery_total
                   OR u.customer_id IS DISTINCT FROM o.customer_id))
           OR (o.status IN ('new', 'cancelled') AND (p.id IS NOT NULL OR u.id IS NOT NULL OR o.paid_at IS NOT
           NULL))
        """,
    ),
    Invariant(
        "purchase_knows_its_refunds",
        _("a purchase's refunds are those of its order, without delivery"),
        """
        SELECT o.id AS order_id, u.refunded_amount, r.goods
        FROM orders_order o
        JOIN customers_purchase u ON u.ref = 'order:' || o.id
        LEFT JOIN (SELECT order_id, sum(amount - delivery_amount) AS goods FROM orders_refund GROUP BY
        order_id) r
            ON r.order_id = o.id
        WHERE u.refunded_amount <> COALESCE(r.goods, 0)
        """,
    ),
    Invariant(
        "use_has_its_order",
        _("each live use of a code belongs to one order of the same customer, with the same code"),
        """
        SELECT d.id AS redemption_id, d.order_ref, d.customer_id, o.id AS order_id, o.customer_id AS
        order_customer_id,
               o.status
        FROM promocodes_redemption d
        JOIN promocodes_promocode c ON c.id = d.promo_code_id
        LEFT JOIN orders_order o ON d.order_ref = 'order:' || o.id
        WHERE d.released_at IS NULL AND (
            o.id IS NULL OR o.redemption_id IS DISTINCT FROM d.id OR o.promo_code <> c.code
            OR o.customer_id IS DISTINCT FROM d.customer_id AND d.customer_id IS NOT NULL
            OR o.status = 'cancelled' OR o.status = 'refunded' AND o.completed_at IS NULL)
        """,
    ),
    Invariant(
        "order_has_its_use",
        _("each order with a code holds a use of it, live until the order is cancelled or refunded before delivery"),
        """
        SELECT o.id AS order_id, o.status, o.promo_code, d.id AS redemption_id, d.order_ref, d.released_at
        FROM orders_order o
        LEFT JOIN promocodes_redemption d ON d.id = o.redemption_id
        WHERE o.promo_code <> '' AND (
            d.id IS NULL OR d.order_ref <> 'order:' || o.id
            OR (d.released_at IS NULL) <> NOT (
                o.status = 'cancelled' OR o.status = 'refunded' AND o.completed_at IS NULL))
        """,
    ),
    Invariant(
        "use_gave_its_discount",
        _("a use records the discount that its order got"),
        """
        SELECT o.id AS order_id, d.id AS redemption_id, d.discount, g.given, o.delivery_price -
        o.delivery_total AS shipping
        FROM orders_order o
        JOIN promocodes_redemption d ON d.id = o.redemption_id
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum((part ->> 'amount')::numeric), 0) AS given
            FROM orders_orderline l CROSS JOIN LATERAL jsonb_array_elements(l.discounts) AS part
            WHERE l.order_id = o.id AND part ->> 'source' = 'promo_code') g
        WHERE d.discount NOT IN (g.given, o.delivery_price - o.delivery_total) OR d.order_total <> o.total
        """,
    ),
    Invariant(
        "session_was_paid",
        _("a visit to the acquirer that says paid belongs to an order that was paid"),
        """
        SELECT s.id AS payment_session_id, s.order_id FROM orders_paymentsession s
        WHERE s.status = 'paid' AND NOT EXISTS (SELECT FROM orders_payment p WHERE p.order_id = s.order_id)
        """,
    ),
    Invariant(
        "webhook_was_followed",
        _("every stored webhook was acted upon"),
        """
        SELECT id AS webhook_event_id, provider, event_id FROM orders_webhookevent
        WHERE processed_at IS NULL AND received_at < now() - interval '1 hour'
        """,
    ),
    Invariant(
        "unpaid_order_was_cancelled",
        _("no order waits for payment a day after its time"),
        """
        SELECT id AS order_id, pay_until FROM orders_order
        WHERE status = 'new' AND pay_until < now() - interval '1 day'
        """,
    ),
    Invariant(
        "category_path_is_true",
        _("a category's path is its parent's path and itself"),
        """
        SELECT c.id AS category_id, c.slug, c.ancestry FROM orders_category c
        LEFT JOIN orders_category p ON p.id = c.parent_id
        WHERE c.ancestry <> COALESCE(p.ancestry, '{}') || c.slug
        """,
    ),
)
