"""A whole run is taken back, in one transaction (CU-6)."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import ForeignKey

from customers.models import Customer, ImportRun
from customers.services.imports.applying import FIELDS
from customers.services.imports.runs import State, locked_run
from loyalty_site.kernel.transactions import requires_transaction

# What the shop itself wrote of a customer and nobody else did: it goes with him.
GOES_ALONG = frozenset(
    {
        "customers_importchange",
        "customers_rfm",
        "customers_rfmmove",
        "customers_segmentmembership",
        "customers_segmentmove",
        "customers_stalecustomer",
    }
)
# Beside the sign `import:<run>`, consents count as the customer's own word.
CONSENTS = "customers_consent"
MOST_NAMED = 100


@requires_transaction
def take_back(*, run_id: int, now: datetime) -> ImportRun:
    """Purchases go, what was changed comes back unless it was changed since, new customers go unless something hangs
    on them: then they stay and are named. The run is `settling` until first purchases and RFM are right again."""
    run = ImportRun.objects.get(pk=run_id)
    if run.state != State.UNDOING:
        return run
    values: dict[str, Any] = {"run": run_id, "now": now, "source": f"import:{run_id}"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '96MB'")
        cursor.execute(TOUCHED, values)
        cursor.execute("DELETE FROM customers_purchase WHERE import_run_id = %(run)s", values)
        purchases = cursor.rowcount
        cursor.execute(LOCK, values)
        changed = 0
        for field in FIELDS:
            cursor.execute(PUT_BACK.format(field=field, **_guards(field)), values)
            changed += cursor.rowcount
        cursor.execute(WITHDRAW, values)
        gone, kept = _remove_customers(values)
    run = locked_run(run_id)
    run.state, run.undone_at, run.kept_customers = State.SETTLING, now, kept[:MOST_NAMED]
    run.counts = {**run.counts, "undone": purchases, "put_back": changed, "removed": gone, "kept": len(kept)}
    run.save(update_fields=["state", "undone_at", "kept_customers", "counts"])
    return run


def _guards(field: str) -> dict[str, str]:
    """`type` of the column, and what must not be broken by putting the old value back."""
    others = [name for name in ("external_id", "email", "phone") if name != field]
    if field not in ("external_id", "email", "phone"):
        return {"type": "date" if field == "birthday" else "text", "guard": "true"}
    return {
        "type": "text",
        "guard": f"CASE WHEN h.before ->> '{field}' IS NULL THEN COALESCE({', '.join(f'c.{n}' for n in others)})"
        " IS NOT NULL ELSE NOT EXISTS (SELECT FROM customers_customer o WHERE"
        f" o.{field} = h.before ->> '{field}') END",
    }


def _remove_customers(values: dict[str, Any]) -> tuple[int, list[int]]:
    """How many went, and the keys of those that stay."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.leaving")
        cursor.execute(LEAVING.format(hangs=" OR ".join(_hanging())), values)
        cursor.execute("SELECT id FROM leaving WHERE hangs ORDER BY id")
        kept = [key for (key,) in cursor.fetchall()]
        cursor.execute("DELETE FROM leaving WHERE hangs")
        for table, column in _references():
            if table in GOES_ALONG or table == CONSENTS:
                cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" IN (SELECT id FROM leaving)')  # noqa: S608
        cursor.execute("DELETE FROM customers_importtouched WHERE customer_id IN (SELECT id FROM leaving)")
        cursor.execute("DELETE FROM customers_customer WHERE id IN (SELECT id FROM leaving)")
        gone = cursor.rowcount
        cursor.execute("DROP TABLE leaving")
    return gone, kept


def _hanging() -> list[str]:
    """Conditions on `c`, each true when a row of one table hangs on the customer."""
    conditions = ["c.user_id IS NOT NULL", "c.manager_id IS NOT NULL", "c.merged_into_id IS NOT NULL"]
    conditions += ["EXISTS (SELECT FROM customers_customerevent e WHERE e.pgh_obj_id = c.id)"]
    for table, column in _references():
        if table in GOES_ALONG:
            continue
        ours = " AND t.source <> %(source)s" if table == CONSENTS else ""
        conditions.append(f'EXISTS (SELECT FROM "{table}" t WHERE t."{column}" = c.id{ours})')
    return conditions


def _references() -> list[tuple[str, str]]:
    """(table, column) of every key to a customer, of whatever app."""
    found = []
    for relation in Customer._meta.get_fields(include_hidden=True):
        key = getattr(relation, "field", None)
        if relation.auto_created and isinstance(key, ForeignKey) and getattr(key, "db_constraint", True):
            found.append((key.model._meta.db_table, str(key.column)))
    return sorted(set(found))


TOUCHED = """
INSERT INTO customers_importtouched (run_id, customer_id)
SELECT %(run)s::bigint, customer_id FROM (
    SELECT customer_id FROM customers_purchase WHERE import_run_id = %(run)s AND customer_id IS NOT NULL
    UNION SELECT customer_id FROM customers_importchange WHERE run_id = %(run)s
    UNION SELECT customer_id FROM customers_consent WHERE source = %(source)s
    UNION SELECT id FROM customers_customer WHERE import_run_id = %(run)s) touched
ORDER BY customer_id
"""

LOCK = """
SELECT FROM customers_customer c WHERE c.import_run_id = %(run)s
    OR c.id IN (SELECT customer_id FROM customers_importchange WHERE run_id = %(run)s)
ORDER BY c.id FOR UPDATE
"""

PUT_BACK = """
UPDATE customers_customer c SET {field} = (h.before ->> '{field}')::{type}
FROM customers_importchange h
WHERE h.run_id = %(run)s AND h.customer_id = c.id AND h.after ? '{field}'
  AND c.{field}::text IS NOT DISTINCT FROM h.after ->> '{field}' AND c.erased_at IS NULL AND c.merged_into_id IS NULL
  AND {guard}
"""

# What was given by the file and still holds is withdrawn: that it was ever given stays on record. The sign of the run
# says that nobody took it back but we: another file may give it.
WITHDRAW = """
UPDATE customers_consent SET withdrawn_at = %(now)s, withdrawn_source = source
WHERE source = %(source)s AND withdrawn_at IS NULL
"""

LEAVING = """
CREATE TEMP TABLE leaving ON COMMIT DROP AS
SELECT c.id, ({hangs}) AS hangs FROM customers_customer c WHERE c.import_run_id = %(run)s
"""
