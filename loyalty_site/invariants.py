"""What must hold of the site and of the database itself (RELIABILITY 17, 24)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "idempotency_key_answered",
        _("every remembered Idempotency-Key has its answer and the hash of one body"),
        """
        SELECT id AS idempotency_record_id, caller, key FROM loyalty_site_idempotencyrecord
        WHERE status IS NULL OR body_hash = ''
        """,
    ),
    Invariant(
        "constraints_are_validated",
        _("every constraint of the database holds for the rows that are there"),
        """
        SELECT conrelid::regclass::text AS of, conname AS name FROM pg_constraint
        WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
        """,
    ),
    Invariant(
        "triggers_are_on",
        _("no trigger of the database is switched off"),
        """
        SELECT tgrelid::regclass::text AS of, tgname AS name FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE tgenabled NOT IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
        """,
    ),
    Invariant(
        "history_is_protected",
        _("the database refuses to change, delete or empty the ledger and the audit trail"),
        # The bits of tgtype: 2 before, 8 DELETE, 16 UPDATE, 32 TRUNCATE. Lots and accounts may change in some columns.
        """
        SELECT kept.relname AS of,
               CASE must.bit WHEN 8 THEN 'DELETE' WHEN 16 THEN 'UPDATE' ELSE 'TRUNCATE' END AS allows
        FROM (
            SELECT c.oid, c.relname FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
              AND (c.relname IN ('points_entry', 'points_lot', 'points_pointsaccount', 'tiers_tierchange',
                                 'pghistory_context')
                   OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'pgh_id'))
        ) kept
        CROSS JOIN (VALUES (8), (16), (32)) AS must (bit)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger t
            WHERE t.tgrelid = kept.oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
              AND t.tgtype & 2 <> 0 AND t.tgtype & must.bit <> 0
        )
        """,
    ),
)
