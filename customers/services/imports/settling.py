"""After the rows are in, or taken back: first purchases, RFM and segments of those whom they touched (CU-6, CU-7).

By portions, each a short transaction: a payment never waits for an import.
"""

from datetime import datetime

from django.db import connection

from customers.models import ImportRun, ImportTouched, RfmMove
from customers.services.imports.runs import State, locked_run
from customers.services.imports.tables import Tables
from customers.services.rfm import refresh_rfm_of
from loyalty_site.kernel.transactions import requires_transaction

CUSTOMERS_AT_ONCE = 2_000


@requires_transaction
def settle_some(*, run_id: int, now: datetime, limit: int = CUSTOMERS_AT_ONCE) -> int:
    """Puts the next customers right; how many they were. What stands in `ImportTouched` is still to be done."""
    touched = ImportTouched.objects.filter(run=run_id).order_by("customer_id")
    keys = list(touched.values_list("customer_id", flat=True)[:limit])
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [keys])
            cursor.execute(FOLLOW_MERGES, {"keys": keys})
            survivors = [key for (key,) in cursor.fetchall()]
            everybody = sorted({*keys, *survivors})
            cursor.execute(LOCK, [everybody])
            cursor.execute(MARK_FIRST, [everybody])
        refresh_rfm_of(customer_ids=everybody, cause=RfmMove.Cause.IMPORT, now=now)
        ImportTouched.objects.filter(run=run_id, customer_id__in=keys).delete()
    return len(keys)


@requires_transaction
def finish_import(*, run_id: int, now: datetime) -> ImportRun:
    """Nothing is left to do: `done`, or `undone` when it was taken back."""
    run = locked_run(run_id)
    if run.state == State.SETTLING and not ImportTouched.objects.filter(run=run_id).exists():
        run.state, run.finished_at = State.UNDONE if run.undone_at else State.DONE, now
        run.save(update_fields=["state", "finished_at"])
    return run


@requires_transaction
def forget_import(*, run_id: int, now: datetime) -> str:
    """The staged rows, what was changed and the name of the file go; the key of the file, for who removes it."""
    run = locked_run(run_id)
    if run.is_busy:
        return ""
    Tables(run_id).drop()
    run.changes.all().delete()
    key, run.file_key = run.file_key, ""
    run.save(update_fields=["file_key"])
    return key


LOCK = "SELECT FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

# Merged while the rows were being written: they belong to the one that stayed.
FOLLOW_MERGES = """
UPDATE customers_purchase p SET customer_id = c.merged_into_id
FROM customers_customer c
WHERE p.customer_id = ANY(%(keys)s) AND c.id = p.customer_id AND c.merged_into_id IS NOT NULL
RETURNING p.customer_id
"""

# The till gave its bonus for the purchase it marked, so a mark that is there stays. Otherwise the earliest kept
# purchase of an import is the first: a later one at the till is none.
MARK_FIRST = """
UPDATE customers_purchase t SET is_first = true
FROM (
    SELECT DISTINCT ON (p.customer_id) p.id
    FROM customers_purchase p
    WHERE p.customer_id = ANY(%s) AND p.import_run_id IS NOT NULL
      AND (p.goods_amount = 0 OR p.refunded_amount < p.goods_amount)
      AND NOT EXISTS (SELECT FROM customers_purchase f WHERE f.customer_id = p.customer_id AND f.is_first)
    ORDER BY p.customer_id, p.paid_at, p.id) first
WHERE t.id = first.id
"""
