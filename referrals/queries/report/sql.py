"""The statement of the report: set-based, one whatever is asked.

It reads uses of codes and purchases where they lie, by the keys of rewards and newcomers: asked of their apps row by
row the report would take as many statements as there are friends.
"""

from referrals.queries.report.shapes import TIMES, GroupBy

# Period 0 is the one asked about, 1 the one before, whose days are moved to stand beside those of the later.
PERIOD = "CASE WHEN t.{moment} >= %(start)s THEN 0 ELSE 1 END"
DAY = "(t.{moment} AT TIME ZONE %(zone)s)::date"
MOVED = "({day} + CASE WHEN {day} < %(first_day)s THEN %(days)s ELSE 0 END)"
GROUPS = {
    GroupBy.DAY: "{day}::text",
    GroupBy.WEEK: "date_trunc('week', {day}::timestamp)::date::text",
    GroupBy.MONTH: "date_trunc('month', {day}::timestamp)::date::text",
    GroupBy.CHANNEL: "t.via::text",
    GroupBy.REFERRER: "CASE WHEN t.ambassador_id IS NULL THEN 'c' || t.referrer_id ELSE 'a' || t.ambassador_id END",
}

CHOSEN = """
    AND (%(via)s::text IS NULL OR t.via = %(via)s)
    AND (%(who)s::text IS NULL OR (t.ambassador_id IS NOT NULL) = (%(who)s = 'ambassadors'))
"""
FOUND = """
    AND (t.code = ANY(%(codes)s)
         OR t.ambassador_id IN (SELECT s.id FROM referrals_ambassador s
                                WHERE s.name ILIKE %(like)s OR s.email ILIKE %(like)s)
         OR t.referrer_id IN (SELECT s.id FROM customers_customer s
                              WHERE UPPER(s.email) LIKE UPPER(%(like)s) OR UPPER(s.last_name) LIKE UPPER(%(like)s)
                                 OR CONCAT_WS(' ', s.first_name, s.last_name) ILIKE %(like)s
                                 OR s.external_id = %(search)s OR s.phone = %(phone)s OR s.id::text = %(search)s))
"""

# A total has no group: it is told by `is_total`, and its empty text keeps the joins plain equalities.
FUNNEL = """
WITH visited AS (
    SELECT {visit_period} AS period, {visit_group} AS grp, t.referrer_id IS NOT NULL AS is_customers,
           EXISTS (SELECT FROM referrals_referral led WHERE led.visit_id = t.id) AS has_led
    FROM referrals_visit t
    WHERE t.visited_at >= %(covered)s AND t.visited_at < %(end)s {chosen}
), v AS (
    SELECT period, COALESCE(grp, '') AS grp, GROUPING(grp) AS is_total, count(*) AS visits,
           count(*) FILTER (WHERE has_led) AS led_visits, count(*) FILTER (WHERE is_customers) AS invited
    FROM visited GROUP BY GROUPING SETS ((period, grp), (period))
), registered AS MATERIALIZED (
    SELECT t.id, t.newcomer_id, t.registered_at, {period} AS period, {group} AS grp,
           t.first_ordered_at IS NOT NULL AS has_ordered, t.referrer_id IS NOT NULL AS is_customers,
           t.visit_id IS NULL AS is_typed
    FROM referrals_referral t
    WHERE t.registered_at >= %(covered)s AND t.registered_at < %(end)s {chosen}
), rewarded AS (
    SELECT w.referral_id, bool_or(w.order_ref <> '') AS is_paid,
           sum(w.amount - w.taken_back_amount) FILTER (WHERE w.kind = 'points' AND w.role = 'referrer') AS points,
           sum(w.amount - w.taken_back_amount) FILTER (WHERE w.kind = 'points' AND w.role = 'newcomer')
               AS welcome_points,
           sum(w.amount - w.taken_back_amount) FILTER (WHERE w.kind = 'money') AS money
    FROM registered r JOIN referrals_reward w ON w.referral_id = r.id
    WHERE w.paid_at IS NOT NULL GROUP BY w.referral_id
), discounted AS (
    SELECT w.referral_id, sum(u.discount) AS code_discount
    FROM registered r
    JOIN referrals_reward w ON w.referral_id = r.id AND w.promo_code_id IS NOT NULL
    JOIN promocodes_redemption u ON u.promo_code_id = w.promo_code_id AND u.released_at IS NULL
    JOIN customers_purchase p ON p.ref = u.order_ref
    GROUP BY w.referral_id
), bought AS (
    SELECT r.id, sum(p.goods_amount - p.refunded_amount) AS revenue,
           sum(p.goods_amount - p.refunded_amount) FILTER (
               WHERE p.paid_at < CASE r.period WHEN 0 THEN %(end)s ELSE %(start)s END) AS revenue_then
    FROM registered r JOIN customers_purchase p ON p.customer_id = r.newcomer_id AND p.paid_at >= r.registered_at
    GROUP BY r.id
), f AS (
    SELECT r.period, COALESCE(r.grp, '') AS grp, GROUPING(r.grp) AS is_total, count(*) AS registrations,
           count(*) FILTER (WHERE r.has_ordered) AS first_orders, count(*) FILTER (WHERE w.is_paid) AS paid,
           count(*) FILTER (WHERE b.revenue > 0) AS buyers, sum(w.points) AS points,
           sum(w.welcome_points) AS welcome_points, sum(w.money) AS money, sum(d.code_discount) AS code_discount,
           sum(b.revenue) AS revenue, sum(b.revenue_then) AS revenue_then,
           count(*) FILTER (WHERE r.is_customers) AS brought,
           count(*) FILTER (WHERE r.is_customers AND r.is_typed) AS typed
    FROM registered r
    LEFT JOIN rewarded w ON w.referral_id = r.id
    LEFT JOIN discounted d ON d.referral_id = r.id
    LEFT JOIN bought b ON b.id = r.id
    GROUP BY GROUPING SETS ((r.period, r.grp), (r.period))
), j AS MATERIALIZED (
    SELECT period, grp, is_total, v.visits, v.led_visits, f.registrations, f.first_orders, f.paid, f.buyers,
           f.points::bigint AS points, f.welcome_points::bigint AS welcome_points, f.money, f.code_discount, f.revenue,
           f.revenue_then, f.brought, COALESCE(v.invited, 0) + COALESCE(f.typed, 0) AS invitations
    FROM v FULL JOIN f USING (period, grp, is_total)
), foremost AS (
    SELECT grp FROM j WHERE is_total = 0 GROUP BY grp
    ORDER BY COALESCE(sum(registrations), 0) DESC, COALESCE(sum(visits), 0) DESC, grp LIMIT %(limit)s
)
SELECT j.*, CASE WHEN j.is_total = 0 THEN {label} END AS label,
       CASE WHEN j.is_total = 1 THEN (SELECT count(*) FROM customers_customer c WHERE c.registered_at <
           CASE j.period WHEN 0 THEN %(end)s ELSE %(start)s END) END AS customers
FROM j WHERE j.is_total = 1 OR j.grp IN (SELECT grp FROM foremost)
ORDER BY j.is_total, {order}
"""
BY_SIZE = "COALESCE(j.registrations, 0) DESC, COALESCE(j.visits, 0) DESC, j.grp, j.period"
REFERRER_LABEL = """CASE left(j.grp, 1)
    WHEN 'a' THEN (SELECT a.name FROM referrals_ambassador a WHERE a.id = substr(j.grp, 2)::bigint)
    ELSE (SELECT COALESCE(NULLIF(CONCAT_WS(' ', NULLIF(c.first_name, ''), NULLIF(c.last_name, '')), ''), c.email,
                          c.phone, c.external_id)
          FROM customers_customer c WHERE c.id = substr(j.grp, 2)::bigint) END"""


def statement(group_by: GroupBy, *, is_searching: bool) -> str:
    """Visits, registrations and what became of these, by period and group, with a total for each period."""
    return FUNNEL.format(
        period=PERIOD.format(moment="registered_at"),
        group=_group(group_by, "registered_at"),
        visit_period=PERIOD.format(moment="visited_at"),
        visit_group=_group(group_by, "visited_at"),
        chosen=CHOSEN + (FOUND if is_searching else ""),
        label=REFERRER_LABEL if group_by is GroupBy.REFERRER else "j.grp",
        order="j.grp, j.period" if group_by in TIMES else BY_SIZE,
    )


def _group(group_by: GroupBy, moment: str) -> str:
    return GROUPS[group_by].format(day=MOVED.format(day=DAY.format(moment=moment)))
