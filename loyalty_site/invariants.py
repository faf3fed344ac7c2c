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
        WHERE tgenabled = 'D' AND c.relnamespace = current_schema()::regnamespace
        """,
    ),
)
