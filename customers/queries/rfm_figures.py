"""Figures and scores of RFM as pieces of SQL: for a payment, for the night, for the doctor alike (CU-7, ADR 12).

`customers.rules.rfm` says the scores in Python; a test holds the two against each other.
Parameters: %(day)s, the day of the shop, and %(zone)s, its time zone.
"""

from customers.rules.rfm import MAP

# Given back whole it is no purchase; one that was paid with points alone is.
KEPT = "NOT p.is_returned AND (p.goods_amount > p.refunded_amount OR p.goods_amount = 0)"

# The cut points of the last run. Before the first one there is nothing to compare with: no cuts.
LAST_RUN = """
scale AS (
    SELECT of.*, (%(day)s::date - of.window_days)::timestamp AT TIME ZONE %(zone)s AS window_from
    FROM (
        SELECT COALESCE(run.window_days, p.rfm_window_days, 365)::int AS window_days,
               COALESCE(run.recency_cuts, '{}') AS recency_cuts, COALESCE(run.frequency_cuts, '{}') AS frequency_cuts,
               COALESCE(run.monetary_cuts, '{}') AS monetary_cuts,
               CASE WHEN run.day IS NULL THEN p.rfm_vip_amount ELSE run.vip_from END AS vip_from
        FROM (SELECT) one
        LEFT JOIN LATERAL (SELECT * FROM customers_rfmrun ORDER BY day DESC LIMIT 1) run ON true
        LEFT JOIN customers_programme p ON p.id = 1
    ) of
)"""

# Of `kept` (customer_id, paid_at, amount) and `scale`.
FIGURES = """
figures AS (
    SELECT customer_id, min(paid_at) AS first_paid_at, max(paid_at) AS last_paid_at, count(*)::int AS orders,
           sum(amount) AS spent,
           (count(*) FILTER (WHERE paid_at >= scale.window_from))::int AS frequency,
           COALESCE(sum(amount) FILTER (WHERE paid_at >= scale.window_from), 0) AS monetary,
           GREATEST(%(day)s::date - (max(paid_at) AT TIME ZONE %(zone)s)::date, 0) AS recency
    FROM kept CROSS JOIN scale GROUP BY customer_id
)"""

# A score counts the cuts strictly below a value: those at or below the next smaller one that there can be.
SCORED = """
scored AS (
    SELECT of.*, {segment} AS segment
    FROM (
        SELECT figures.*,
               CASE frequency WHEN 0 THEN 1 ELSE 5 - width_bucket(recency - 1, scale.recency_cuts) END AS r,
               CASE frequency WHEN 0 THEN 1 ELSE 1 + width_bucket(frequency - 1, scale.frequency_cuts) END AS f,
               CASE frequency WHEN 0 THEN 1 ELSE 1 + width_bucket(monetary - 0.01, scale.monetary_cuts) END AS m,
               COALESCE(monetary > 0 AND monetary >= scale.vip_from, false) AS is_vip
        FROM figures CROSS JOIN scale
    ) of
)"""

NAMES = ",".join(f"'{segment}'" for row in MAP for segment in row)
SCORED = SCORED.format(segment=f"(ARRAY[{NAMES}])[(r - 1) * 5 + f]")

COLUMNS = (
    "first_paid_at",
    "last_paid_at",
    "orders",
    "spent",
    "frequency",
    "monetary",
    "r",
    "f",
    "m",
    "segment",
    "is_vip",
)
