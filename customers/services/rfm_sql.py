"""The statements of the night's reckoning."""

from customers.queries.rfm_figures import COLUMNS, FIGURES, KEPT, LAST_RUN, SCORED

FORGET = "DROP TABLE IF EXISTS customers_rfm_figures"

# `version` is the row that the customer had when his purchases were read: both are of one snapshot.
AGGREGATE = f"""
CREATE UNLOGGED TABLE customers_rfm_figures AS
WITH scale AS (
    SELECT (%(day)s::date - %(window_days)s::int)::timestamp AT TIME ZONE %(zone)s AS window_from
), kept AS (
    SELECT p.customer_id, p.paid_at, p.goods_amount - p.refunded_amount AS amount
    FROM customers_purchase p WHERE p.customer_id IS NOT NULL AND {KEPT}
),{FIGURES}
SELECT figures.*, row.xmin AS version
FROM figures LEFT JOIN customers_rfm row ON row.customer_id = figures.customer_id
ORDER BY figures.customer_id
"""  # noqa: S608

INDEX = "CREATE UNIQUE INDEX ON customers_rfm_figures (customer_id); ANALYZE customers_rfm_figures"

INTACT = "SELECT count(*) FROM customers_rfm_figures"

# Nobody is a VIP for nothing.
CUT = """
SELECT (SELECT count(*) FROM customers_rfm_figures),
       COALESCE(percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY recency), '{}'),
       COALESCE(percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY frequency), '{}'),
       COALESCE(percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY monetary), '{}'),
       COALESCE(%(vip_from)s::numeric,
                CASE WHEN %(best)s > 0 THEN percentile_disc(%(best)s) WITHIN GROUP (ORDER BY monetary DESC) END)
FROM customers_rfm_figures WHERE frequency > 0
"""

UPTO = """
SELECT CASE WHEN count(*) < %(limit)s THEN 9223372036854775807 ELSE max(customer_id) END
FROM (SELECT customer_id FROM customers_rfm_figures WHERE customer_id > %(after)s ORDER BY customer_id LIMIT %(limit)s)
AS chunk
"""

NEW_VALUES = ", ".join(f"new.{name}" for name in COLUMNS)
OLD_VALUES = ", ".join(f"old.{name}" for name in COLUMNS)

FACED = f"""
faced AS (
    SELECT COALESCE(new.customer_id, old.customer_id) AS id, {NEW_VALUES}, new.version,
           old.segment AS old_segment, old.r AS old_r, old.f AS old_f, old.since AS old_since,
           CASE
               WHEN old.customer_id IS NULL THEN CASE WHEN new.version IS NULL THEN 'place' END
               WHEN old.version IS DISTINCT FROM new.version THEN 'late'
               WHEN ({OLD_VALUES}) IS DISTINCT FROM ({NEW_VALUES}) THEN 'change'
           END AS due
    FROM scored new
    FULL JOIN (
        SELECT o.*, o.xmin AS version FROM customers_rfm o
        WHERE o.customer_id > %(after)s AND o.customer_id <= %(upto)s
    ) old ON old.customer_id = new.customer_id
)"""  # noqa: S608

# A row that is being changed by somebody else, or was a moment ago, is late: nothing is waited for.
CHANGED = f"""
held AS (
    SELECT o.customer_id FROM customers_rfm o JOIN faced ON faced.id = o.customer_id
    WHERE faced.due = 'change' AND o.xmin = faced.version
    ORDER BY o.customer_id FOR NO KEY UPDATE OF o SKIP LOCKED
), changed AS (
    UPDATE customers_rfm o
    SET {", ".join(f"{name} = faced.{name}" for name in COLUMNS)},
        since = CASE WHEN o.segment = faced.segment THEN o.since ELSE %(now)s END, changed_at = %(now)s
    FROM faced JOIN held ON held.customer_id = faced.id
    WHERE o.customer_id = held.customer_id RETURNING o.customer_id
), placed AS (
    INSERT INTO customers_rfm (customer_id, {", ".join(COLUMNS)}, since, changed_at)
    SELECT id, {", ".join(COLUMNS)}, %(now)s, %(now)s FROM faced WHERE due = 'place' ORDER BY id
    ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id
), written AS (
    SELECT customer_id FROM changed UNION ALL SELECT customer_id FROM placed
)"""  # noqa: S608

# To be placed by the very first run is no move: nothing is known of before.
APPLY = f"""
WITH {LAST_RUN},
figures AS (
    SELECT * FROM customers_rfm_figures WHERE customer_id > %(after)s AND customer_id <= %(upto)s
),{SCORED},{FACED},{CHANGED},
moved AS (
    INSERT INTO customers_rfmmove (customer_id, from_segment, from_r, from_f, to_segment, to_r, to_f, cause, moved_at)
    SELECT id, COALESCE(old_segment, ''), old_r, old_f, segment, r, f, 'night', %(now)s
    FROM faced JOIN written ON written.customer_id = faced.id
    WHERE segment IS DISTINCT FROM old_segment AND NOT (due = 'place' AND %(is_first_run)s) ORDER BY id
)
SELECT (SELECT count(*) FROM written),
       ARRAY(SELECT id FROM faced
             WHERE due IS NOT NULL AND id NOT IN (SELECT customer_id FROM written) ORDER BY id)
"""  # noqa: S608
