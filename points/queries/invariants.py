"""What must hold of points, whatever happened (RELIABILITY 6 to 12). Entries are compared, never remainders alone."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "points_balance_adds_up",
        _("a balance is the sum of its entries, and what is left in lots less the debt"),
        """
        SELECT COALESCE(a.customer_id, e.account_id, l.account_id) AS account_id, a.debt, e.total AS entries,
               l.total AS lots
        FROM points_pointsaccount a
        FULL JOIN (SELECT account_id, sum(amount) AS total FROM points_entry GROUP BY 1) e
            ON e.account_id = a.customer_id
        FULL JOIN (SELECT account_id, sum(remaining) AS total FROM points_lot GROUP BY 1) l
            ON l.account_id = COALESCE(a.customer_id, e.account_id)
        WHERE a.customer_id IS NULL OR COALESCE(e.total, 0) <> COALESCE(l.total, 0) - a.debt
        """,
    ),
    Invariant(
        "points_lot_adds_up",
        _("what is left of a lot is the sum of its entries, between nothing and all of it"),
        """
        SELECT COALESCE(l.id, e.lot_id) AS lot_id, l.amount, l.remaining, e.total AS entries, e.account_id
        FROM points_lot l
        FULL JOIN (SELECT lot_id, sum(amount) AS total, min(account_id) AS account_id, max(account_id) AS other_id
                   FROM points_entry WHERE lot_id IS NOT NULL GROUP BY 1) e ON e.lot_id = l.id
        WHERE l.id IS NULL OR l.remaining IS DISTINCT FROM e.total OR l.remaining NOT BETWEEN 0 AND l.amount
           OR e.account_id <> l.account_id OR e.other_id <> l.account_id
        """,
    ),
    Invariant(
        "points_lot_was_earned",
        _("a lot holds what the entry of its fact gave"),
        """
        SELECT l.id AS lot_id, l.fact, l.amount, e.amount AS earned FROM points_lot l
        LEFT JOIN points_entry e ON e.fact = l.fact AND e.part = 1 AND e.lot_id = l.id
            AND e.kind IN ('earn', 'adjust')
        WHERE e.amount IS DISTINCT FROM l.amount
        """,
    ),
    Invariant(
        "points_debt_is_recorded",
        _("a balance is below zero only by the debt that its entries record"),
        """
        SELECT a.customer_id, a.debt, COALESCE(e.total, 0) AS entries FROM points_pointsaccount a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM points_entry WHERE lot_id IS NULL GROUP BY 1) e
            ON e.account_id = a.customer_id
        WHERE a.debt < 0 OR a.debt <> -COALESCE(e.total, 0)
        """,
    ),
    Invariant(
        "points_debt_is_paid_first",
        _("nobody has points to spend and a debt at once"),
        """
        SELECT a.customer_id, a.debt, sum(l.remaining) AS lots FROM points_pointsaccount a
        JOIN points_lot l ON l.account_id = a.customer_id AND l.remaining > 0 AND l.expires_at > now()
        WHERE a.debt > 0 GROUP BY a.customer_id, a.debt
        """,
    ),
    Invariant(
        "points_fact_once",
        _("no business fact is posted twice"),
        """
        SELECT fact, count(*) AS entries, max(part) AS parts FROM points_entry
        GROUP BY fact HAVING count(*) <> max(part) OR count(DISTINCT part) <> count(*)
                          OR min(account_id) <> max(account_id)
        """,
    ),
    Invariant(
        "points_reversals_within",
        _("what undoes an entry never exceeds it, and is of the right kind"),
        """
        SELECT e.id AS entry_id, e.kind, e.amount, r.total AS undone FROM points_entry e
        JOIN (SELECT reverses_id, sum(amount) AS total, min(kind) AS kind, max(kind) AS other, min(account_id) AS
              account_id
              FROM points_entry WHERE reverses_id IS NOT NULL GROUP BY 1) r ON r.reverses_id = e.id
        WHERE abs(r.total) > abs(e.amount) OR sign(r.total) = sign(e.amount) OR r.account_id <> e.account_id
           OR r.kind <> r.other
           OR (e.kind, r.kind) NOT IN (('spend', 'return'), ('earn', 'take_back'), ('adjust', 'take_back'),
                                       ('expire', 'expire'))
        """,
    ),
    Invariant(
        "points_spent_alive",
        _("nothing was spent from a lot that was pending or had expired"),
        """
        SELECT e.id AS entry_id, e.fact, e.posted_at, l.available_from, l.expires_at FROM points_entry e
        JOIN points_lot l ON l.id = e.lot_id
        WHERE (e.kind = 'spend' OR e.kind = 'adjust' AND e.amount < 0)
          AND NOT (l.available_from <= e.posted_at AND e.posted_at < l.expires_at)
        """,
    ),
    Invariant(
        "points_expired_on_time",
        _("nothing is left in a lot a day after it expired"),
        """
        SELECT id AS lot_id, remaining, expires_at FROM points_lot
        WHERE remaining > 0 AND expires_at < now() - interval '1 day'
        """,
    ),
    # Two that were merged had a first purchase each until then (CU-3).
    Invariant(
        "points_first_purchase_once",
        _("a customer keeps the bonus for the first purchase once"),
        """
        SELECT account_id, max(number) AS bonuses FROM (
            SELECT l.account_id, e.posted_at, row_number() OVER (PARTITION BY l.account_id ORDER BY e.id) AS number
            FROM points_lot l
            JOIN points_entry e ON e.fact = l.fact AND e.part = 1
            LEFT JOIN (SELECT reverses_id, sum(amount) AS total FROM points_entry WHERE kind = 'take_back' GROUP BY 1) r
                ON r.reverses_id = e.id
            WHERE l.kind = 'first_purchase' AND l.amount + COALESCE(r.total, 0) > 0
        ) kept
        WHERE number > 1 AND number > 1 + (
            SELECT count(*) FROM customers_merge m JOIN customers_customer gone ON gone.id = m.absorbed_id
            WHERE gone.merged_into_id = account_id AND m.merged_at > posted_at - interval '5 minutes')
        GROUP BY account_id
        """,
    ),
    Invariant(
        "points_gift_was_given",
        _("each holiday bonus is one lot and entry of its amount, and each such entry is a bonus"),
        """
        SELECT COALESCE(g.id, 0) AS gift_id, e.fact, g.amount, e.amount AS earned FROM points_occasiongift g
        FULL JOIN (SELECT lot_id, account_id, amount, fact FROM points_entry
                   WHERE kind = 'earn' AND fact LIKE 'occasion:%') e ON e.lot_id = g.lot_id
        LEFT JOIN customers_customer c ON c.id = g.customer_id
        WHERE g.id IS NULL OR e.lot_id IS NULL OR g.amount <> e.amount
           OR e.account_id NOT IN (g.customer_id, COALESCE(c.merged_into_id, g.customer_id))
           OR e.fact NOT LIKE 'occasion:' || g.occasion_id || ':' || g.year || ':customer:%'
        """,
    ),
    Invariant(
        "points_gift_once_a_year",
        _("nobody has two bonuses for one occasion in a year"),
        """
        SELECT occasion_id, year, customer_id, count(*) AS gifts FROM points_occasiongift
        GROUP BY 1, 2, 3 HAVING count(*) > 1
        """,
    ),
)
