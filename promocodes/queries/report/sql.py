"""The statements of the usage report: set-based, two for a report whatever is asked."""

from promocodes.queries.report.shapes import GroupBy

# Period 0 is the one asked about, 1 the one before, whose days are moved to stand beside those of the later.
PERIOD = "CASE WHEN {moment} >= %(start)s THEN 0 ELSE 1 END"
DAY = "({moment} AT TIME ZONE %(zone)s)::date"
MOVED = "({day} + CASE WHEN {day} < %(first_day)s THEN %(days)s ELSE 0 END)::text"

BY_CODE = {
    GroupBy.CAMPAIGN: "COALESCE(t.campaign_id::text, '')",
    GroupBy.CODE: "c.code::text",
}
LABELS = {
    GroupBy.CAMPAIGN: "(SELECT k.name FROM promocodes_campaign k WHERE k.id::text = j.grp)",
    GroupBy.CODE: "j.grp",
    GroupBy.CHANNEL: "j.grp",
    GroupBy.DAY: "j.grp",
}

CODES = """
    JOIN promocodes_promocode c ON c.id = {table}.promo_code_id
    JOIN promocodes_terms t ON t.id = c.terms_id
    LEFT JOIN promocodes_campaign k ON k.id = t.campaign_id
"""
CHOSEN = """
    AND (%(campaign)s::text IS NULL OR COALESCE(k.name, '') = %(campaign)s)
    AND (%(code)s::text IS NULL OR c.code = %(code)s)
    AND (%(channel)s::text IS NULL OR {table}.channel = %(channel)s)
"""

# A total has no group: it is told by `is_total`, and its empty text keeps the joins plain equalities.
USES = """
WITH taken AS (
    SELECT {period} AS period, {group} AS grp, r.discount, r.order_total,
           p.id AS purchase_id, p.customer_id, p.goods_amount, p.goods_amount - p.refunded_amount AS revenue,
           p.is_first,
           EXISTS (SELECT FROM customers_purchase later
                   WHERE later.customer_id = p.customer_id AND later.paid_at > p.paid_at) AS came_back
    FROM promocodes_redemption r {codes}
    LEFT JOIN customers_purchase p ON p.ref = r.order_ref
    WHERE r.released_at IS NULL AND r.redeemed_at >= %(covered)s AND r.redeemed_at < %(end)s {chosen}
), u AS (
    SELECT period, COALESCE(grp, '') AS grp, GROUPING(grp) AS is_total, count(*) AS uses, sum(discount) AS discount,
           sum(order_total) AS ordered, count(purchase_id) AS paid_orders, sum(goods_amount) AS paid_goods,
           sum(revenue) AS revenue, count(*) FILTER (WHERE is_first) AS new_customers,
           count(DISTINCT customer_id) AS buyers,
           count(DISTINCT customer_id) FILTER (WHERE came_back) AS returned_buyers
    FROM taken GROUP BY GROUPING SETS ((period, grp), (period))
), released AS (
    SELECT {released_period} AS period, {released_group} AS grp
    FROM promocodes_redemption r {codes}
    WHERE r.released_at >= %(covered)s AND r.released_at < %(end)s {chosen}
), l AS (
    SELECT period, COALESCE(grp, '') AS grp, GROUPING(grp) AS is_total, count(*) AS releases
    FROM released GROUP BY GROUPING SETS ((period, grp), (period))
), quoted AS (
    SELECT CASE WHEN q.day >= %(first_day)s THEN 0 ELSE 1 END AS period, {quoted_group} AS grp, q.outcome, q.count
    FROM promocodes_quotetally q {quoted_codes}
    WHERE q.day >= %(covered_day)s AND q.day <= %(last_day)s {quoted_chosen}
), t AS (
    SELECT period, COALESCE(grp, '') AS grp, GROUPING(grp) AS is_total, sum(count) AS quotes,
           sum(count) FILTER (WHERE outcome = 'applied') AS applied_quotes
    FROM quoted GROUP BY GROUPING SETS ((period, grp), (period))
), j AS MATERIALIZED (
    SELECT period, grp, is_total, u.uses, u.discount, u.ordered, u.paid_orders, u.paid_goods,
           u.revenue, u.new_customers, u.buyers, u.returned_buyers, l.releases, t.quotes, t.applied_quotes
    FROM u FULL JOIN l USING (period, grp, is_total) FULL JOIN t USING (period, grp, is_total)
), busiest AS (
    SELECT grp FROM j WHERE is_total = 0
    GROUP BY grp ORDER BY COALESCE(sum(uses), 0) DESC, COALESCE(sum(quotes), 0) DESC, grp LIMIT %(limit)s
)
SELECT j.*, CASE WHEN j.is_total = 0 THEN {label} END AS label
FROM j WHERE j.is_total = 1 OR j.grp IN (SELECT grp FROM busiest)
ORDER BY j.is_total, j.period, COALESCE(j.uses, 0) DESC, COALESCE(j.quotes, 0) DESC, j.grp
"""

WITHOUT = """
SELECT x.period, x.grp, GROUPING(x.grp) AS is_total, count(*) AS orders_without, sum(x.goods_amount) AS goods_without
FROM (
    SELECT {period} AS period, {group} AS grp, p.goods_amount
    FROM customers_purchase p
    WHERE p.paid_at >= %(covered)s AND p.paid_at < %(end)s
      AND (%(channel)s::text IS NULL OR p.channel = %(channel)s)
      AND NOT EXISTS (SELECT FROM promocodes_redemption r WHERE r.order_ref = p.ref AND r.released_at IS NULL)
) x
GROUP BY GROUPING SETS ((x.period, x.grp), (x.period))
"""


def uses_statement(group_by: GroupBy) -> str:
    """Uses, releases and quotes by period and group, with a total for each period."""
    return USES.format(
        period=PERIOD.format(moment="r.redeemed_at"),
        group=_group(group_by, "r", DAY.format(moment="r.redeemed_at")),
        released_period=PERIOD.format(moment="r.released_at"),
        released_group=_group(group_by, "r", DAY.format(moment="r.released_at")),
        quoted_group=_group(group_by, "q", "q.day"),
        codes=CODES.format(table="r"),
        chosen=CHOSEN.format(table="r"),
        quoted_codes=CODES.format(table="q"),
        quoted_chosen=CHOSEN.format(table="q"),
        label=LABELS[group_by],
    )


def without_statement(group_by: GroupBy) -> str:
    """Paid orders without any code. Codes and campaigns are all compared with the same ones."""
    own = group_by in {GroupBy.CHANNEL, GroupBy.DAY}
    group = _group(group_by, "p", DAY.format(moment="p.paid_at")) if own else "'*'"
    return WITHOUT.format(period=PERIOD.format(moment="p.paid_at"), group=group)


def _group(group_by: GroupBy, table: str, day: str) -> str:
    if group_by is GroupBy.DAY:
        return MOVED.format(day=day)
    return BY_CODE.get(group_by, f"{table}.channel::text")
