"""A worker that is killed in the middle of an import: after it the result is as if nothing had happened (CU-6)."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import connection, connections

from customers.imports import work
from customers.models import Customer, ImportRun, ImportTouched, Purchase, Rfm
from customers.services.imports import start_import, undo_import
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.imports.rows import uploaded
from tests.factories import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROWS = 24
CUSTOMERS = 6


@pytest.fixture(autouse=True)
def portions(settings, tmp_path, monkeypatch):
    """Small portions, so that there are many moments to be killed at; no worker but ours, no broker."""
    settings.MEDIA_ROOT, settings.CUSTOMERS_IMPORTED = tmp_path, []
    monkeypatch.setattr(work, "CHUNK", 5)


def killed_at(run: ImportRun, moment: int) -> bool:
    """The worker in a process of its own dies before its statement of this number. False when it came to the end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        seen = 0

        def count(execute, sql, params, many, context):
            nonlocal seen
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                work.carry_on(run.pk)
        finally:
            os._exit(0)
    _child, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def whole(run: ImportRun) -> tuple[int, int, int, int]:
    mine = Purchase.objects.filter(import_run=run)
    return (
        mine.count(),
        mine.filter(is_first=True).count(),
        Customer.objects.filter(import_run=run).count(),
        Rfm.objects.filter(customer__import_run=run).count(),
    )


def file_of(number: int) -> str:
    rows = (f"{number}-{row};2024-01-{row % 28 + 1:02};10;k{number}-{row % CUSTOMERS}" for row in range(ROWS))
    return "номер;дата;сумма;id\n" + "".join(f"{row}\n" for row in rows)


def checked_run(number: int) -> ImportRun:
    run = uploaded(file_of(number))
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.CHECKING)
    return run


def finished(run: ImportRun) -> ImportRun:
    work.carry_on(run.pk)
    run.refresh_from_db()
    return run


def test_worker_killed_while_it_reads_goes_on_where_it_was():
    killed = 0
    for number, moment in enumerate((3, 6, 9, 12, 15, 19, 23, 27, 31, 35)):
        run = checked_run(number)

        killed += killed_at(run, moment)

        run = finished(run)
        assert (run.state, run.position) == ("checked", ROWS)
        assert run.counts == {"new": ROWS, "changed": 0, "unchanged": 0, "wrong": 0, "customers": CUSTOMERS}
    # The last moments may come after the end.
    assert killed >= 6


def test_worker_killed_while_it_writes_leaves_all_or_nothing():
    for number, moment in enumerate((3, 6, 9, 12, 15, 18, 21, 25, 30, 36)):
        run = finished(checked_run(number))
        in_transaction(lambda run=run: start_import(run_id=run.pk, skips_wrong=False, now=NOW))

        assert killed_at(run, moment)

        assert whole(run)[0] in (0, ROWS)
        run = finished(run)
        assert (run.state, whole(run)) == ("done", (ROWS, CUSTOMERS, CUSTOMERS, CUSTOMERS))
        assert run.counts["new"] == ROWS
    assert not ImportTouched.objects.exists()


def test_worker_killed_while_it_takes_back_leaves_all_or_nothing():
    for number, moment in enumerate((3, 8, 13, 18, 24)):
        run = finished(checked_run(number))
        in_transaction(lambda run=run: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
        run = finished(run)
        in_transaction(lambda run=run: undo_import(run_id=run.pk, by=None, now=NOW))

        assert killed_at(run, moment)

        assert whole(run)[0] in (0, ROWS)
        run = finished(run)
        assert (run.state, whole(run)) == ("undone", (0, 0, 0, 0))


def test_rows_lost_by_a_crash_of_the_database_are_read_again():
    run = finished(checked_run(1))
    ImportRun.objects.filter(pk=run.pk).update(file_until=NOW + timedelta(days=40_000))
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=False, now=NOW))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE customers_import_stage_{run.pk}")

    run = finished(run)

    assert (run.state, whole(run)[0]) == ("done", ROWS)
