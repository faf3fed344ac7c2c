"""The worker's part before anything is imported: rows staged by portions, then judged as sets (CU-6)."""

from datetime import datetime
from typing import Any

from customers.models import ImportRun
from customers.services.imports import matching
from customers.services.imports.runs import State, locked_run
from customers.services.imports.tables import Tables
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def prepare_stage(*, run_id: int) -> ImportRun:
    """Where to go on: at `position`. Tables that a crash of the database emptied are filled from the beginning."""
    run, tables = locked_run(run_id), Tables(run_id)
    if run.state == State.CHECKING and (not tables.are_there() or tables.count() != run.position):
        tables.create()
        run.position, run.is_staged = 0, False
        run.save(update_fields=["position", "is_staged"])
    return run


@requires_transaction
def stage_rows(*, run_id: int, text: str, count: int, after: int) -> ImportRun:
    """`count` rows in COPY's text form, those after the first `after`: rows and position are one transaction.

    A run that was stopped, or that somebody else has moved on, is returned as it is.
    """
    run = locked_run(run_id)
    if run.state == State.CHECKING and run.position == after and not run.is_staged:
        Tables(run_id).copy(text)
        run.position += count
        run.save(update_fields=["position"])
    return run


@requires_transaction
def end_stage(*, run_id: int, rows: int) -> ImportRun:
    """All rows are there, as many as `rows`; a run that was begun anew meanwhile is returned as it is."""
    run = locked_run(run_id)
    if run.state == State.CHECKING and run.position == rows:
        run.is_staged = True
        run.save(update_fields=["is_staged"])
    return run


@requires_transaction
def judge_rows(*, run_id: int, now: datetime) -> ImportRun:
    """Counts what importing would do; the run is `checked`, or `failed` when there was nothing in the file."""
    run, tables = ImportRun.objects.get(pk=run_id), Tables(run_id)
    tables.run(SETTINGS)
    tables.run("ANALYZE {stage}")
    matching.note_twice(tables, run)
    counts = _matched(tables, run)
    if run.kind == ImportRun.Kind.PURCHASES and counts["unchanged"] and matching.note_others(tables):
        counts = _matched(tables, run)
    run = locked_run(run_id)
    if run.state == State.CHECKING:
        is_to_go = run.file_until is not None and run.file_until <= now
        goes_on = run.counts.get("goes_on") and not is_to_go
        run.state, run.counts = State.IMPORTING if goes_on else State.CHECKED, counts
        if not run.position:
            run.state, run.failure, run.finished_at = State.FAILED, {"code": "no_rows"}, now
        run.save(update_fields=["state", "counts", "failure", "finished_at"])
    return run


@requires_transaction
def read_again(*, run_id: int) -> ImportRun:
    """The database crashed and lost what was staged of a run that was to be imported: read, then import as asked."""
    run = locked_run(run_id)
    if run.state == State.IMPORTING:
        run.state, run.position, run.is_staged, run.counts = State.CHECKING, 0, False, {"goes_on": True}
        run.save(update_fields=["state", "position", "is_staged", "counts"])
    return run


@requires_transaction
def fail_import(*, run_id: int, code: str, details: dict[str, Any], now: datetime) -> ImportRun:
    """The file cannot be read to its end: nothing of it is imported."""
    run = locked_run(run_id)
    if run.state in (State.CHECKING, State.IMPORTING):
        run.state, run.failure, run.finished_at = State.FAILED, {"code": code, **details}, now
        run.save(update_fields=["state", "failure", "finished_at"])
        Tables(run_id).drop()
    return run


def _matched(tables: Tables, run: ImportRun) -> dict[str, int]:
    matching.list_who(tables, run)
    matching.match(tables, run, takes_keys=False)
    return counted(tables, run)


def counted(tables: Tables, run: ImportRun) -> dict[str, int]:
    """`new`, `changed`, `unchanged`, `wrong`, and `customers`: those that would be registered."""
    if run.kind == ImportRun.Kind.PURCHASES:
        wrong, known, new = tables.row(COUNT_PURCHASES)
        people = tables.row("SELECT count(*) FROM {people}")[0]
        return {"new": new, "changed": 0, "unchanged": known, "wrong": wrong, "customers": people}
    overwrites = {"overwrites": run.match == ImportRun.Match.OVERWRITE}
    wrong, new, changed, unchanged = tables.row(COUNT_CUSTOMERS, overwrites)
    return {"new": new, "changed": changed, "unchanged": unchanged, "wrong": wrong, "customers": new}


# Joins of millions of rows: enough to hash the customers of a file at once.
SETTINGS = "SET LOCAL work_mem = '96MB'"

COUNT_PURCHASES = """
SELECT count(*) FILTER (WHERE s.problem IS NOT NULL OR m.problem IS NOT NULL),
       count(*) FILTER (WHERE s.problem IS NULL AND m.problem IS NULL AND p.id IS NOT NULL),
       count(*) FILTER (WHERE s.problem IS NULL AND m.problem IS NULL AND p.id IS NULL)
FROM {stage} s LEFT JOIN {match} m ON m.who = s.who LEFT JOIN customers_purchase p ON p.ref = 'import:' || s.number
"""

# An id is given to who has none, and never taken from anybody: a record that was merged keeps its own, and by it the
# one that stayed is known.
IS_HELD = "EXISTS (SELECT FROM customers_customer h WHERE h.external_id = w.external_id)"
# Any other detail of the file is written when there is one, and when nothing stands there or the file is to be right.
WOULD_CHANGE = f"""
    (w.external_id IS NOT NULL AND c.external_id IS NULL AND NOT ({IS_HELD}))
 OR (w.email IS NOT NULL AND c.email IS DISTINCT FROM w.email AND (%(overwrites)s OR c.email IS NULL))
 OR (w.phone IS NOT NULL AND c.phone IS DISTINCT FROM w.phone AND (%(overwrites)s OR c.phone IS NULL))
 OR (w.first_name IS NOT NULL AND c.first_name <> w.first_name AND (%(overwrites)s OR c.first_name = ''))
 OR (w.last_name IS NOT NULL AND c.last_name <> w.last_name AND (%(overwrites)s OR c.last_name = ''))
 OR (w.birthday IS NOT NULL AND c.birthday IS DISTINCT FROM w.birthday AND (%(overwrites)s OR c.birthday IS NULL))
"""
# A consent once withdrawn is not given again by a file, unless it ended only because its import was taken back.
HAS_CONSENT = """EXISTS (SELECT FROM customers_consent k WHERE k.customer_id = c.id AND k.purpose = purpose
     AND NOT (k.source LIKE 'import:%%' AND k.withdrawn_source = k.source))"""
WOULD_CONSENT = f"""
 EXISTS (SELECT FROM unnest(string_to_array(w.consents, ',')) purpose WHERE NOT {HAS_CONSENT})
"""

COUNT_CUSTOMERS = f"""
SELECT count(*) FILTER (WHERE NOT is_good),
       count(*) FILTER (WHERE is_good AND label IS NOT NULL),
       count(*) FILTER (WHERE is_good AND label IS NULL AND differs),
       count(*) FILTER (WHERE is_good AND label IS NULL AND NOT differs)
FROM (
    SELECT s.problem IS NULL AND m.problem IS NULL AS is_good, m.label, (({WOULD_CHANGE}) OR {WOULD_CONSENT}) AS differs
    FROM {{stage}} s LEFT JOIN {{match}} m ON m.who = s.who LEFT JOIN {{who}} w ON w.who = s.who
    LEFT JOIN customers_customer c ON c.id = m.customer_id) judged
"""  # noqa: S608
