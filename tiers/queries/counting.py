"""What counts, and what each customer deserves by it, as pieces of SQL for reviews and previews (T-1, T-2).

`tiers.rules.deserved` says the same in Python; a test holds the two against each other.
"""

# Parameters: %(now)s.
LADDER = "ladder AS (SELECT basis, window_days, grace_days, changed_at FROM tiers_ladder WHERE id = 1)"

# `height`: what a tier asks for in the ladder's own measure, unknown for some that were taken off it.
RUNGS = """
rung AS (
    SELECT t.id, t.is_active,
           CASE l.basis WHEN 'spend' THEN t.threshold_amount ELSE t.threshold_orders END AS height
    FROM tiers_tier t CROSS JOIN ladder l
)"""

# An order given back whole is no order, and neither is one that cost nothing.
COUNTED = """
counted AS (
    SELECT p.customer_id, sum(p.goods_amount - p.refunded_amount) AS spent, count(*) AS orders
    FROM customers_purchase p CROSS JOIN ladder l
    WHERE {whose} AND p.paid_at <= %(now)s AND p.paid_at > %(now)s - make_interval(days => l.window_days)
      AND p.goods_amount > p.refunded_amount
    GROUP BY p.customer_id
)"""

OF_CHOSEN = "p.customer_id = ANY(%(customers)s)"

HELD = """
held AS (SELECT customer_id, tier_id, lapses_at FROM tiers_standing WHERE customer_id = ANY(%(customers)s) {lock})"""

# Who has no row stands on the lowest tier. A tier without a height, or off the ladder, is deserved by nobody.
STATE = """
state AS (
    SELECT s.*, CASE
        WHEN deserved_height > own_height THEN 'up'
        WHEN deserved_id = own_id THEN CASE WHEN lapses_at IS NOT NULL THEN 'kept' END
        WHEN lapses_at IS NULL THEN 'warned'
        WHEN lapses_at <= %(now)s THEN 'down'
    END AS action
    FROM (
        SELECT who.id AS customer_id, held.tier_id, held.lapses_at, held.customer_id IS NOT NULL AS has_row,
               own.id AS own_id, own.height AS own_height, deserved.id AS deserved_id,
               deserved.height AS deserved_height, ladder.basis, COALESCE(counted.spent, 0.00) AS spent,
               COALESCE(counted.orders, 0) AS orders
        FROM unnest(%(customers)s::bigint[]) AS who (id)
        CROSS JOIN ladder
        LEFT JOIN held ON held.customer_id = who.id
        LEFT JOIN counted ON counted.customer_id = who.id
        JOIN rung own ON own.id = COALESCE(
            held.tier_id, (SELECT id FROM rung WHERE is_active ORDER BY height LIMIT 1))
        CROSS JOIN LATERAL (
            SELECT id, height FROM rung
            WHERE is_active AND (height = 0 OR height <= CASE ladder.basis
                WHEN 'spend' THEN COALESCE(counted.spent, 0) ELSE COALESCE(counted.orders, 0) END)
            ORDER BY height DESC LIMIT 1
        ) deserved
    ) s
)"""


def state_of_chosen(*, lock: bool) -> str:
    """The expressions that end in `state`: one row for each of %(customers)s, with what is to happen to him."""
    held = HELD.format(lock="ORDER BY customer_id FOR NO KEY UPDATE" if lock else "")
    return ",".join((LADDER, RUNGS, held, COUNTED.format(whose=OF_CHOSEN), STATE))
