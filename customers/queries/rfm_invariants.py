"""What must hold of RFM (CU-7): of 10,000 customers a day, others each day; smaller shops wholly every day."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.queries.rfm_figures import KEPT, SCORED
from loyalty_site.kernel.invariants import Invariant

# The next 10,000 by key from the day's own key on; past the last one it goes on with the first.
SAMPLE = """
turn AS MATERIALIZED (
    SELECT mod(extract(epoch FROM now())::bigint / 86400 * 10000, COALESCE(max(id), 0) + 1) AS start
    FROM customers_customer
), sample AS MATERIALIZED (
    SELECT id FROM (
        (SELECT id, 1 AS lap FROM customers_customer WHERE id >= (SELECT start FROM turn) ORDER BY id LIMIT 10000)
        UNION ALL
        (SELECT id, 2 FROM customers_customer WHERE id < (SELECT start FROM turn) ORDER BY id LIMIT 10000)
    ) next ORDER BY lap, id LIMIT 10000
)"""

# What an import has just brought is known of when it has settled whom it touched.
FIGURES = f"""
WITH {SAMPLE}, said AS (
    SELECT p.customer_id, count(*)::int AS orders, sum(p.goods_amount - p.refunded_amount) AS spent,
           min(p.paid_at) AS first_paid_at, max(p.paid_at) AS last_paid_at
    FROM customers_purchase p WHERE p.customer_id IN (SELECT id FROM sample) AND {KEPT} GROUP BY p.customer_id
)
SELECT sample.id AS customer_id, r.orders, said.orders AS bought, r.spent, said.spent AS paid
FROM sample
LEFT JOIN customers_rfm r ON r.customer_id = sample.id
LEFT JOIN said ON said.customer_id = sample.id
WHERE (r.orders, r.spent, r.first_paid_at, r.last_paid_at)
      IS DISTINCT FROM (said.orders, said.spent, said.first_paid_at, said.last_paid_at)
  AND (r.customer_id IS NOT NULL OR EXISTS (SELECT FROM customers_rfmrun WHERE finished_at IS NOT NULL))
  AND NOT EXISTS (SELECT FROM customers_stalecustomer stale WHERE stale.customer_id = sample.id)
  AND NOT EXISTS (SELECT FROM customers_importtouched t WHERE t.customer_id = sample.id)
"""  # noqa: S608

# A row that a night has left as it was is right on the day of that night; one written later on the day it was written.
SCORES = f"""
WITH {SAMPLE}, scale AS (
    SELECT * FROM (SELECT * FROM customers_rfmrun ORDER BY day DESC LIMIT 1) last WHERE finished_at IS NOT NULL
), figures AS (
    SELECT r.customer_id, r.last_paid_at, within.frequency, within.monetary,
           GREATEST(asof.day - (r.last_paid_at AT TIME ZONE {{zone}})::date, 0) AS recency
    FROM sample JOIN customers_rfm r ON r.customer_id = sample.id CROSS JOIN scale
    CROSS JOIN LATERAL (
        VALUES (scale.day), (GREATEST(scale.day, (r.changed_at AT TIME ZONE {{zone}})::date))) asof (day)
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS frequency, COALESCE(sum(p.goods_amount - p.refunded_amount), 0) AS monetary
        FROM customers_purchase p
        WHERE p.customer_id = r.customer_id AND {KEPT}
          AND p.paid_at >= (asof.day - scale.window_days)::timestamp AT TIME ZONE {{zone}}) within
),{SCORED}
SELECT r.customer_id, r.r, r.f, r.m, r.segment, r.frequency, r.monetary, r.is_vip
FROM sample JOIN customers_rfm r ON r.customer_id = sample.id
WHERE EXISTS (SELECT FROM scale)
  AND NOT EXISTS (
      SELECT FROM scored s WHERE s.customer_id = r.customer_id
      AND (s.r, s.f, s.m, s.segment, s.frequency, s.monetary, s.is_vip)
          = (r.r, r.f, r.m, r.segment, r.frequency, r.monetary, r.is_vip))
  AND NOT EXISTS (SELECT FROM customers_stalecustomer stale WHERE stale.customer_id = r.customer_id)
  AND NOT EXISTS (SELECT FROM customers_importtouched t WHERE t.customer_id = r.customer_id)
"""  # noqa: S608

MOVES = f"""
WITH {SAMPLE}, told AS (
    SELECT m.*, lag(to_segment) OVER his AS before, lead(m.id) OVER his IS NULL AS is_last
    FROM customers_rfmmove m WHERE m.customer_id IN (SELECT id FROM sample)
    WINDOW his AS (PARTITION BY m.customer_id ORDER BY m.id)
)
SELECT told.id AS move_id, told.customer_id, told.before, told.from_segment, told.to_segment, r.segment
FROM told LEFT JOIN customers_rfm r ON r.customer_id = told.customer_id
WHERE from_segment <> before OR from_segment = to_segment
   OR (is_last AND (to_segment <> COALESCE(r.segment, '') OR moved_at <> r.since))
"""  # noqa: S608

LATE = """
SELECT max(day) AS day FROM customers_rfmrun WHERE finished_at IS NOT NULL HAVING max(day) < current_date - 2
"""

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("rfm_equals_purchases", _("what is known of a customer's purchases is what they say"), FIGURES),
    Invariant(
        "rfm_scores_fit_the_last_night",
        _("scores and segments of the RFM map follow from the purchases and the last night's cut points"),
        SCORES.format(zone=f"'{settings.TIME_ZONE}'"),
    ),
    Invariant("rfm_moves_lead_here", _("moves on the RFM map follow each other and end where the customer is"), MOVES),
    Invariant("rfm_reckoned_on_time", _("RFM was reckoned within the last two days"), LATE),
)
