"""The statement that finds what speaks against referrals: look-ups in indexes from each of them outwards."""

# asked: the referrals judged, with when the newcomer first came near: nothing that a guest did later is «before».
# OFFSET 0 keeps a subquery a look-up of its own: the planner would rather read a whole table for a thousand of them,
# and once most rewards have changed their state since it last looked, join those paid by nested loops.
# worn: what each newcomer was seen with. holders: who else was, guests apart: the first, of a network the newest ones.
ASKED = """
WITH RECURSIVE asked AS MATERIALIZED (
    SELECT f.id, f.newcomer_id, f.referrer_id, f.ambassador_id, f.registered_at, f.day_limit, f.month_limit,
           f.first_ordered_at,
           LEAST((SELECT v.visited_at FROM referrals_visit v WHERE v.id = f.visit_id), f.registered_at) AS came_at
    FROM referrals_referral f
    WHERE f.id = ANY(%(referrals)s::bigint[])
), worn AS MATERIALIZED (
    SELECT a.*, t.kind, t.value
    FROM asked a CROSS JOIN LATERAL (
        SELECT t.kind, t.value FROM referrals_trait t WHERE t.customer_id = a.newcomer_id OFFSET 0
    ) t
), holders AS MATERIALIZED (
    SELECT w.id, w.kind, w.value, w.newcomer_id, w.referrer_id, w.ambassador_id, w.registered_at, h.customer_id
    FROM worn w CROSS JOIN LATERAL (
        (SELECT t.customer_id FROM referrals_trait t
         WHERE w.kind <> 'network' AND t.kind = w.kind AND t.value = w.value
             AND t.customer_id IS NOT NULL AND t.customer_id <> w.newcomer_id
         ORDER BY t.customer_id LIMIT %(holders)s)
        UNION ALL
        (SELECT t.customer_id FROM referrals_trait t
         WHERE w.kind = 'network' AND t.kind = 'network' AND t.value = w.value
             AND t.customer_id IS NOT NULL AND t.customer_id <> w.newcomer_id
         ORDER BY t.customer_id DESC LIMIT %(network_holders)s)
    ) h
), up AS (
    SELECT a.id, f.referrer_id AS ancestor_id, 2 AS depth
    FROM asked a JOIN referrals_referral f ON f.newcomer_id = a.referrer_id
    WHERE f.referrer_id IS NOT NULL
    UNION ALL
    SELECT u.id, f.referrer_id, u.depth + 1
    FROM up u CROSS JOIN LATERAL (
        SELECT f.referrer_id FROM referrals_referral f WHERE f.newcomer_id = u.ancestor_id OFFSET 0
    ) f
    WHERE f.referrer_id IS NOT NULL AND u.depth < %(chain)s
)"""

# Who the other holder is to the newcomer. Strangers are neither brought by the same, nor by one who has the value, and
# have bought: accounts opened for nothing would make a device common, and hide whose it is.
RELATED = """, related AS MATERIALIZED (
    SELECT h.id, h.kind, h.value, h.customer_id,
        CASE WHEN h.customer_id = h.referrer_id THEN 'self'
             WHEN EXISTS (SELECT FROM up u WHERE u.id = h.id AND u.ancestor_id = h.customer_id) THEN 'chain'
             WHEN f.referrer_id = h.referrer_id OR f.ambassador_id = h.ambassador_id THEN 'sibling'
             WHEN c.registered_at < h.registered_at AND h.kind <> 'network' THEN 'known' END AS key,
        h.customer_id IS DISTINCT FROM h.referrer_id
            AND NOT COALESCE(f.referrer_id = h.referrer_id OR f.ambassador_id = h.ambassador_id, false)
            AND NOT EXISTS (
                SELECT FROM referrals_trait t
                WHERE t.kind = h.kind AND t.value = h.value AND t.customer_id = f.referrer_id)
            AND (h.kind IN ('email', 'phone', 'network') OR EXISTS (
                SELECT FROM customers_purchase p
                WHERE p.customer_id = h.customer_id AND p.refunded_amount < p.goods_amount OFFSET 0)) AS is_stranger
    FROM holders h
    CROSS JOIN LATERAL (
        SELECT c.registered_at FROM customers_customer c WHERE c.id = h.customer_id OFFSET 0
    ) c
    LEFT JOIN LATERAL (
        SELECT f.referrer_id, f.ambassador_id FROM referrals_referral f WHERE f.newcomer_id = h.customer_id OFFSET 0
    ) f ON TRUE
), commonness AS MATERIALIZED (
    SELECT id, kind, value,
        kind NOT IN ('email', 'phone') AND count(*) FILTER (WHERE is_stranger)
            > CASE kind WHEN 'network' THEN %(common_network)s ELSE %(common)s END AS is_common
    FROM related GROUP BY id, kind, value
), above AS (
    SELECT w.id, w.kind, w.value, w.referrer_id AS customer_id, 'self' AS key
    FROM worn w WHERE w.referrer_id IS NOT NULL
    UNION ALL
    SELECT w.id, w.kind, w.value, u.ancestor_id, 'chain' FROM worn w JOIN up u ON u.id = w.id
), shared AS (
    SELECT id, key, kind, value, customer_id FROM related WHERE key IS NOT NULL
    UNION
    SELECT o.id, o.key, o.kind, o.value, o.customer_id FROM above o CROSS JOIN LATERAL (
        SELECT FROM referrals_trait t
        WHERE t.kind = o.kind AND t.value = o.value AND t.customer_id = o.customer_id OFFSET 0
    ) t
)"""

# A day of registrations from one network, anywhere it may begin so that this one falls into it.
NUMBERS = """, neighbours AS (
    SELECT w.id, w.registered_at, f.registered_at AS at,
        count(*) OVER day AS everybody,
        count(*) FILTER (WHERE f.referrer_id = w.referrer_id OR f.ambassador_id = w.ambassador_id) OVER day AS own
    FROM worn w
    CROSS JOIN LATERAL (
        SELECT t.customer_id FROM referrals_trait t
        WHERE t.kind = 'network' AND t.value = w.value
            AND t.seen_at BETWEEN w.registered_at - interval '1 day' AND w.registered_at + interval '1 day'
        OFFSET 0
    ) t
    CROSS JOIN LATERAL (
        SELECT f.registered_at, f.referrer_id, f.ambassador_id FROM referrals_referral f
        WHERE f.newcomer_id = t.customer_id
            AND f.registered_at BETWEEN w.registered_at - interval '1 day' AND w.registered_at + interval '1 day'
        OFFSET 0
    ) f
    WHERE w.kind = 'network'
    WINDOW day AS (PARTITION BY w.id, w.value ORDER BY f.registered_at
                   RANGE BETWEEN CURRENT ROW AND interval '24 hours' FOLLOWING)
), bursts AS (
    SELECT id, max(everybody) AS everybody, max(own) AS own FROM neighbours WHERE at <= registered_at GROUP BY id
), inviters AS (
    SELECT a.referrer_id, r.taken_back, r.paid
    FROM (SELECT DISTINCT referrer_id FROM asked WHERE referrer_id IS NOT NULL) a
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE r.status = 'taken_back') AS taken_back, count(*) AS paid
        FROM referrals_reward r
        WHERE r.payee_id = a.referrer_id AND r.role = 'referrer' AND r.status IN ('paid', 'taken_back')
    ) r
), bought AS (
    SELECT a.id, a.registered_at, p.paid_at, p.goods_amount, p.refunded_amount
    FROM asked a CROSS JOIN LATERAL (
        SELECT p.paid_at, p.goods_amount, p.refunded_amount FROM customers_purchase p
        WHERE p.customer_id = a.newcomer_id AND (p.refunded_amount > 0 OR p.paid_at < a.registered_at) OFFSET 0
    ) p
), days AS (
    SELECT a.id, a.day_limit, a.month_limit, n.in_day, n.in_month
    FROM asked a CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE f.first_ordered_at >= p.day) AS in_day, count(*) AS in_month
        FROM (SELECT date_trunc('day', a.first_ordered_at, %(zone)s) AS day,
                     date_trunc('month', a.first_ordered_at, %(zone)s) AS month) p
        CROSS JOIN LATERAL (
            SELECT f.id, f.first_ordered_at FROM referrals_referral f
            WHERE f.referrer_id = a.referrer_id AND f.first_ordered_at BETWEEN p.month AND a.first_ordered_at
            UNION ALL
            SELECT f.id, f.first_ordered_at FROM referrals_referral f
            WHERE a.referrer_id IS NULL AND f.referrer_id IS NULL AND f.ambassador_id = a.ambassador_id
                AND f.first_ordered_at BETWEEN p.month AND a.first_ordered_at
        ) f
        WHERE (f.first_ordered_at, f.id) <= (a.first_ordered_at, a.id)
    ) n
    WHERE a.first_ordered_at IS NOT NULL
)"""

# A guest, one at most of a value, is the first of its holders from behind.
FOUND = """, found AS (
    SELECT s.id, s.key, s.kind, count(DISTINCT s.customer_id) AS count,
           bool_and(COALESCE(n.is_common, false)) AS is_common
    FROM shared s LEFT JOIN commonness n USING (id, kind, value)
    GROUP BY s.id, s.key, s.kind
    UNION ALL
    SELECT w.id, 'guest', w.kind, 1, bool_and(COALESCE(n.is_common, false))
    FROM worn w
    CROSS JOIN LATERAL (
        SELECT t.customer_id, t.seen_at FROM referrals_trait t WHERE t.kind = w.kind AND t.value = w.value
        ORDER BY t.customer_id DESC LIMIT 1
    ) t
    LEFT JOIN commonness n ON n.id = w.id AND n.kind = w.kind AND n.value = w.value
    WHERE t.customer_id IS NULL AND t.seen_at < w.came_at AND w.kind IN ('email', 'phone', 'payer', 'device')
    GROUP BY w.id, w.kind
    UNION ALL
    SELECT w.id, 'self', w.kind, 1, false
    FROM worn w JOIN referrals_ambassador m ON m.id = w.ambassador_id AND m.mailbox = w.value
    WHERE w.kind = 'email' AND m.customer_id IS NULL
    UNION ALL
    SELECT id, CASE WHEN own >= %(burst)s THEN 'burst' ELSE 'burst_anywhere' END, '',
           CASE WHEN own >= %(burst)s THEN own ELSE everybody END, false
    FROM bursts WHERE everybody >= %(burst)s
    UNION ALL
    SELECT a.id, 'rewards_taken_back', '', i.taken_back, false
    FROM asked a JOIN inviters i USING (referrer_id)
    WHERE i.taken_back >= 2 AND i.taken_back * 5 >= i.paid
    UNION ALL
    SELECT a.id, CASE WHEN count(*) > 1 THEN 'gave_back_often' ELSE 'gave_back' END, '', count(*), false
    FROM bought a
    WHERE a.refunded_amount = a.goods_amount AND a.goods_amount > 0 AND a.paid_at <= %(now)s
    GROUP BY a.id
    UNION ALL
    SELECT a.id, 'bought_before', '', count(*), false
    FROM bought a WHERE a.paid_at < a.registered_at
    GROUP BY a.id
    UNION ALL
    SELECT id, 'day_limit', '', in_day, false FROM days WHERE in_day > day_limit
    UNION ALL
    SELECT id, 'month_limit', '', in_month, false FROM days WHERE in_month > month_limit
)
SELECT f.id, f.key, f.kind, f.count, f.is_common, a.day_limit, a.month_limit
FROM found f JOIN asked a USING (id)
ORDER BY f.id, f.key, f.kind
"""

SIGNALS = ASKED + RELATED + NUMBERS + FOUND
