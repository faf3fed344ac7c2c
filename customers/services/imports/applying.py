"""What was checked becomes customers and purchases: one transaction, so nobody ever sees half of it (CU-6, ADR 14)."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from customers.models import ImportRun
from customers.services.imports import matching
from customers.services.imports.checking import HAS_CONSENT, IS_HELD, SETTINGS, WOULD_CHANGE, counted
from customers.services.imports.runs import State, locked_run
from customers.services.imports.tables import Tables
from loyalty_site.kernel.transactions import ChangedMeanwhile, requires_transaction

# Rows of one INSERT. The keys of so many are asked for when it ends, not those of the whole file at the end.
ROWS_AT_ONCE = 1_000_000
TEXT_VERSION = "import"
Told = Callable[[int, int], None]


class StageIsGone(Exception):
    """The database crashed since the check and lost what was staged: the file is to be read again."""


@requires_transaction
def apply_import(*, run_id: int, now: datetime, told: Told = lambda done, total: None) -> ImportRun:
    """Imports a run that is to be imported; then it is `settling`. Killed at any moment, nothing has happened.

    Lines that became wrong since the check, and that nobody has said are to be left out, make it `checked` again.
    `told` hears how many of the rows are written; it must not use this connection. Raises StageIsGone, and
    ChangedMeanwhile for who was merged or forgotten while the file was matched.
    """
    run, tables = ImportRun.objects.get(pk=run_id), Tables(run_id)
    if run.state != State.IMPORTING:
        return run
    if not tables.are_there() or tables.count() != run.position:
        raise StageIsGone
    tables.run(SETTINGS)
    matching.match(tables, run, takes_keys=True)
    wrong = int(tables.row(WRONG)[0])
    if wrong and not run.skips_wrong:
        return _put_off(tables, run)
    if run.kind == ImportRun.Kind.PURCHASES:
        counts = _put_purchases(tables, run, now, told, wrong)
    else:
        counts = _put_customers(tables, run, now)
    run = locked_run(run_id)
    run.state, run.counts, run.imported_at = State.SETTLING, counts, now
    run.save(update_fields=["state", "counts", "imported_at"])
    return run


def _put_off(tables: Tables, run: ImportRun) -> ImportRun:
    counts = counted(tables, run)
    run = locked_run(run.pk)
    run.state, run.counts = State.CHECKED, counts
    run.save(update_fields=["state", "counts"])
    return run


def _put_purchases(tables: Tables, run: ImportRun, now: datetime, told: Told, wrong: int) -> dict[str, int]:
    people = tables.run(REGISTER.replace("DETAILS", DETAILS_OF_PURCHASES), {"run": run.pk, "now": now})
    tables.run("SET CONSTRAINTS ALL IMMEDIATE")
    added, total = 0, run.position
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s) / 8192", [tables.stage])
        pages = int(cursor.fetchone()[0])
    step = max(pages * ROWS_AT_ONCE // max(total, 1), 1)
    for page in range(0, pages, step):
        bounds = {"first": f"({page},0)", "last": f"({page + step},0)"}
        added += tables.run(PUT_PURCHASES, {"run": run.pk, "channel": run.channel, **bounds})
        told(min(page + step, pages), pages)
    tables.run(TOUCHED, {"run": run.pk})
    return {"new": added, "changed": 0, "unchanged": total - wrong - added, "wrong": wrong, "customers": people}


def _put_customers(tables: Tables, run: ImportRun, now: datetime) -> dict[str, int]:
    """Changes first: a new customer may take an address that a changed one gave up only in the next file."""
    values = {"run": run.pk, "now": now, "overwrites": run.match == ImportRun.Match.OVERWRITE}
    tables.run(LOCK)
    if tables.row(GONE_MEANWHILE)[0]:
        raise ChangedMeanwhile
    counts = counted(tables, run)
    tables.run(NOTE_CHANGES, values)
    tables.run(CHANGE, values)
    tables.run(REGISTER.replace("DETAILS", DETAILS_OF_CUSTOMERS), values)
    tables.run(CONSENT, {**values, "source": f"import:{run.pk}", "version": TEXT_VERSION})
    tables.run(TOUCHED, values)
    return counts


DETAILS_OF_PURCHASES = "COALESCE(w.first_name, ''), COALESCE(w.last_name, ''), NULL::date, %(now)s"
DETAILS_OF_CUSTOMERS = "COALESCE(w.first_name, ''), COALESCE(w.last_name, ''), w.birthday, COALESCE(w.moment, %(now)s)"

REGISTER = """
INSERT INTO customers_customer (id, public_id, external_id, email, phone, first_name, last_name, birthday,
                                registered_at, import_run_id)
SELECT p.id, gen_random_uuid(), p.external_id, p.email, p.phone, DETAILS, %(run)s
FROM {people} p JOIN {who} w ON w.line = p.label ORDER BY p.id
"""

# A number that is there already stays as it is. The reader of `match` is one hash for a million rows.
PUT_PURCHASES = """
INSERT INTO customers_purchase (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount,
                                is_first, import_run_id)
SELECT m.customer_id, 'import:' || s.number, COALESCE(s.channel, %(channel)s), s.moment, s.goods,
       COALESCE(s.discount, 0), COALESCE(s.refunded, 0), false, %(run)s
FROM {stage} s JOIN {match} m ON m.who = s.who
WHERE s.ctid >= %(first)s::tid AND s.ctid < %(last)s::tid AND s.problem IS NULL AND m.problem IS NULL
ON CONFLICT (ref) DO NOTHING
"""

WRONG = """
SELECT count(*) FROM {stage} s LEFT JOIN {match} m ON m.who = s.who
WHERE s.problem IS NOT NULL OR m.problem IS NOT NULL
"""

TOUCHED = """
INSERT INTO customers_importtouched (run_id, customer_id)
SELECT DISTINCT %(run)s::bigint, customer_id FROM {match} WHERE problem IS NULL AND customer_id IS NOT NULL
ORDER BY customer_id
"""

LOCK = """
SELECT FROM customers_customer WHERE id IN (SELECT customer_id FROM {match} WHERE label IS NULL AND problem IS NULL)
ORDER BY id FOR UPDATE
"""


# Merged or forgotten between the matching and the lock: the file is matched afresh.
GONE_MEANWHILE = """
SELECT EXISTS (
    SELECT FROM {match} m JOIN customers_customer c ON c.id = m.customer_id
    WHERE m.label IS NULL AND m.problem IS NULL AND (c.merged_into_id IS NOT NULL OR c.erased_at IS NOT NULL))
"""


def _put(field: str, empty: str = "NULL") -> str:
    """The value of the file where there is one, and where nothing stands or the file is to be right."""
    stands = f"c.{field} IS NOT NULL" if empty == "NULL" else f"c.{field} <> ''"
    return f"CASE WHEN w.{field} IS NULL OR (NOT %(overwrites)s AND {stands}) THEN c.{field} ELSE w.{field} END"


FIELDS = {
    "external_id": f"CASE WHEN c.external_id IS NULL AND NOT ({IS_HELD}) THEN w.external_id ELSE c.external_id END",
    "email": _put("email"),
    "phone": _put("phone"),
    "first_name": _put("first_name", "''"),
    "last_name": _put("last_name", "''"),
    "birthday": _put("birthday"),
}
_KNOWN = "FROM {match} m JOIN {who} w ON w.who = m.who, customers_customer c"
_OF_KNOWN = f"c.id = m.customer_id AND m.label IS NULL AND m.problem IS NULL AND ({WOULD_CHANGE})"
_DIFFERING = ", ".join(f"('{field}', c.{field}::text, ({value})::text)" for field, value in FIELDS.items())

NOTE_CHANGES = f"""
INSERT INTO customers_importchange (run_id, customer_id, before, after)
SELECT %(run)s, c.id, d.before, d.after {_KNOWN}
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(f.name, f.old) AS before, jsonb_object_agg(f.name, f.new) AS after
    FROM (VALUES {_DIFFERING}) AS f(name, old, new) WHERE f.old IS DISTINCT FROM f.new) d
WHERE {_OF_KNOWN} ORDER BY c.id
"""  # noqa: S608

CHANGE = f"""
UPDATE customers_customer t SET {", ".join(f"{field} = {value}" for field, value in FIELDS.items())}
{_KNOWN} WHERE t.id = c.id AND {_OF_KNOWN}
"""  # noqa: S608

CONSENT = f"""
INSERT INTO customers_consent (customer_id, purpose, given_at, source, text_version)
SELECT c.id, purpose, %(now)s, %(source)s, %(version)s
{_KNOWN} CROSS JOIN LATERAL unnest(string_to_array(w.consents, ',')) AS purpose
WHERE c.id = m.customer_id AND m.problem IS NULL
  AND NOT {HAS_CONSENT}
"""
