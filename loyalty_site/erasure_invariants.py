"""An erased customer has no personal data (RELIABILITY 23): asked of every app's tables, so it lies above them all."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.forgetting import HISTORY
from loyalty_site.kernel.forgetting import Forgets
from loyalty_site.kernel.invariants import Invariant

# What must be empty, as a condition on the row `r` of an erased customer `c`.
LIVE = """
SELECT 'customers_customer' AS held_in, c.id AS customer_id FROM customers_customer c
WHERE c.erased_at IS NOT NULL AND (COALESCE(c.email, c.phone, c.external_id) IS NOT NULL OR c.birthday IS NOT NULL
      OR c.user_id IS NOT NULL OR c.first_name || c.last_name <> '')
UNION ALL
SELECT 'customers_customernote', c.id FROM customers_customernote r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL AND r.text <> ''
UNION ALL
SELECT 'customers_customertag', c.id FROM customers_customertag r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL
UNION ALL
SELECT 'customers_segmentmembership', c.id
FROM customers_segmentmembership r JOIN customers_customer c ON c.id = r.customer_id WHERE c.erased_at IS NOT NULL
UNION ALL
SELECT 'customers_duplicate', c.id
FROM customers_duplicate r JOIN customers_customer c ON c.id IN (r.first_id, r.second_id) WHERE c.erased_at IS NOT NULL
UNION ALL
SELECT 'customers_merge', c.id FROM customers_merge r JOIN customers_customer c ON c.id = r.survivor_id
WHERE c.erased_at IS NOT NULL AND (r.reason <> '' OR r.kept <> '{}'::jsonb)
UNION ALL
SELECT 'orders_order', c.id FROM orders_order r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL
  AND r.contact_name || r.contact_email || r.contact_phone || r.delivery_address || r.device <> ''
UNION ALL
SELECT 'orders_payment', c.id FROM orders_payment r JOIN orders_order o ON o.id = r.order_id
JOIN customers_customer c ON c.id = o.customer_id WHERE c.erased_at IS NOT NULL AND r.payer <> ''
UNION ALL
SELECT 'referrals_trait', c.id FROM referrals_trait r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL
UNION ALL
SELECT 'referrals_ambassador', c.id FROM referrals_ambassador r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL AND r.email || r.mailbox || r.note <> ''
UNION ALL
SELECT 'notifications_outboxmessage', c.id
FROM notifications_outboxmessage r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL AND (r.payload <> '{}'::jsonb OR r.next_try_at IS NOT NULL)
UNION ALL
SELECT 'tiers_card', c.id FROM tiers_card r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL AND r.number NOT LIKE 'ERASED%'
UNION ALL
SELECT 'points_lot', c.id FROM points_lot r JOIN customers_customer c ON c.id = r.account_id
WHERE c.erased_at IS NOT NULL AND r.remaining > 0 AND NOT EXISTS (
    SELECT FROM points_entry e WHERE e.lot_id = r.id AND e.posted_at > c.erased_at)
UNION ALL
SELECT 'customers_consent', c.id FROM customers_consent r JOIN customers_customer c ON c.id = r.customer_id
WHERE c.erased_at IS NOT NULL AND r.withdrawn_at IS NULL
"""


def _past(forgets: Forgets) -> str:
    """Rows of a table that keeps its past with something left in a column that should say nothing."""
    columns = ", ".join(f"r.{name}" for name in forgets.blanks)
    kept = " OR ".join(f"COALESCE(r.{name}::text, '') <> ''" for name in forgets.blanks)
    # Names are constants of the apps.
    return f"""
    SELECT '{forgets.table}', c.id FROM customers_customer c CROSS JOIN LATERAL (
        SELECT {columns} FROM {forgets.table} r WHERE ({forgets.rows.replace("%(keys)s", "ARRAY[c.id]")}) AND ({kept})
    ) r WHERE c.erased_at IS NOT NULL
    """  # noqa: S608


# Orders are found by their own keys; their past is asked separately.
_BY_CUSTOMER = [forgets for forgets in HISTORY if forgets.table != "orders_orderevent"]

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "erased_has_no_personal_data",
        _("an erased customer has no personal data, in no table"),
        LIVE,
    ),
    Invariant(
        "erased_has_no_past",
        _("the audit trail says nothing of an erased customer"),
        " UNION ALL ".join(
            [
                """
    SELECT 'orders_orderevent' AS held_in, o.id AS customer_id FROM orders_order o
    JOIN orders_orderevent r ON r.pgh_obj_id = o.id
    WHERE o.forgotten_at IS NOT NULL
      AND r.contact_name || r.contact_email || r.contact_phone || r.delivery_address || r.device <> ''
    """,
                *map(_past, _BY_CUSTOMER),
            ]
        ),
    ),
    Invariant(
        "erased_are_listed",
        _("every erased customer is in the list of the erased, and nobody else is"),
        """
        SELECT COALESCE(c.id, e.customer_key) AS customer_id FROM (
            SELECT id FROM customers_customer WHERE erased_at IS NOT NULL) c
        FULL JOIN customers_erasedcustomer e ON e.customer_key = c.id
        WHERE c.id IS NULL OR e.id IS NULL
        """,
    ),
)
