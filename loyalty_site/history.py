"""The database keeps the audit trail as it was written (S-1, RELIABILITY 24): nobody changes, deletes or empties it.

One door is left (CU-4, ADR 15): personal columns of a customer who was erased may become nothing. The triggers hold it
themselves: they compare the row before and after, and ask `customers_customer.erased_at`.
"""

import hashlib
from typing import Any

import pghistory.models
from django.apps import AppConfig, apps
from django.db import connection
from django.db.models import Model

from loyalty_site.kernel.forgetting import Forgets


def history_tables() -> list[str]:
    """The tables of all kinds of events, whichever app they belong to, by name."""
    kept = (model for model in apps.get_models() if issubclass(model, pghistory.models.Event))
    return sorted({model._meta.db_table for model in kept if _is_table(model)})


def protect_history(sender: AppConfig | None = None, **signal: Any) -> None:
    """After migrations: every table of events, and that of their contexts, refuses what would change the past.

    A context (who, from where) may grow while its request or task goes on, for a day.
    """
    from loyalty_site.forgetting import HISTORY

    tables, context = history_tables(), pghistory.models.Context._meta.db_table
    doors = {forgets.table: _arguments(forgets) for forgets in HISTORY}
    version = hashlib.sha256(repr((FUNCTION, sorted(doors.items()))).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(PROTECTED, [version])
        known = {table for (table,) in cursor.fetchall()}
        if known >= {*tables, context}:
            return
        cursor.execute(FUNCTION)
        for table in tables:
            cursor.execute(TRIGGERS.format(table=table, change="UPDATE OR DELETE", door=doors.get(table, "")))
        cursor.execute(TRIGGERS.format(table=context, change="DELETE", door=""))
        cursor.execute(OLD_CONTEXT.format(table=context))
        cursor.execute(f"COMMENT ON FUNCTION history_stays() IS '{version}'")


def _arguments(forgets: Forgets) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in (forgets.is_allowed, forgets.document))


def _is_table(model: type[Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and not model._meta.abstract


PROTECTED = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname IN ('history_never_changed', 'history_never_emptied')
  AND c.relnamespace = current_schema()::regnamespace AND obj_description(t.tgfoid, 'pg_proc') = %s
GROUP BY c.relname HAVING count(*) = 2
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_erased boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' AND COALESCE(current_setting('loyalty.may_truncate', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_NARGS = 2 AND NOT EXISTS (
        SELECT FROM jsonb_each(to_jsonb(NEW)) n
        WHERE n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key
          AND n.value IS DISTINCT FROM TG_ARGV[1]::jsonb -> n.key)
    THEN
        EXECUTE TG_ARGV[0] INTO is_erased USING OLD;
        IF is_erased THEN RETURN NEW; END IF;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = TG_TABLE_NAME || ' is history: it stays as it was written';
END $$
"""

TRIGGERS = """
CREATE OR REPLACE TRIGGER history_never_changed BEFORE {change} ON {table}
    FOR EACH ROW EXECUTE FUNCTION history_stays({door});
CREATE OR REPLACE TRIGGER history_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION history_stays()
"""

OLD_CONTEXT = """
CREATE OR REPLACE TRIGGER history_old_never_changed BEFORE UPDATE ON {table}
    FOR EACH ROW WHEN (OLD.created_at < now() - interval '1 day') EXECUTE FUNCTION history_stays()
"""
