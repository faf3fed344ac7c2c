"""What the worker does for an import, from wherever the last one got to: each step a transaction of its own (ADR 14).

Killed at any moment it goes on where it was: rows are staged with their position, applied in one transaction, and the
customers left to settle stand in a table.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DataError, IntegrityError, connection
from django.utils import timezone

from customers.imports import store
from customers.imports.errors import UnreadableFile
from customers.imports.reading import Shape, rows
from customers.imports.staged import CHUNK, blocks
from customers.models import ImportRun
from customers.queries.imports import layout_of
from customers.services import imports as services
from loyalty_site.kernel.transactions import in_transaction

log = structlog.get_logger(__name__)
State = ImportRun.State
# The first key of the advisory locks that keep two workers off one import. A dead worker's lock goes with him.
IMPORTING = 7301
# Rows are written by one import at a time: two files with the same numbers come one after the other.
WRITING = 7302
SHOWN_FOR = 3600


def carry_on(run_id: int) -> None:
    """All that is to be done for the run now. Another worker at it: nothing."""
    with alone_at(IMPORTING, run_id) as is_alone:
        if is_alone:
            step: str | None = ImportRun.objects.values_list("state", flat=True).get(pk=run_id)
            while step in STEPS:
                STEPS[step](run_id)
                after = ImportRun.objects.values_list("state", flat=True).get(pk=run_id)
                step = after if after != step else None


def progress(run_id: int) -> int:
    """Hundredths of the rows that are written, as the worker last said; 0 when it said nothing."""
    return int(cache.get(_progress_key(run_id), 0))


def _check(run_id: int) -> None:
    try:
        is_staged = False
        while not is_staged:
            run = in_transaction(lambda: services.prepare_stage(run_id=run_id))
            if run.state != State.CHECKING:
                return
            is_staged = run.is_staged or _stage(run)
    except (UnreadableFile, FileNotFoundError) as error:
        code, details = (error.code, error.details) if isinstance(error, UnreadableFile) else ("gone", {})
        fail = partial(services.fail_import, run_id=run_id, code=code, details=dict(details), now=timezone.now())
        in_transaction(fail)
        return
    in_transaction(lambda: services.judge_rows(run_id=run_id, now=timezone.now()))


def _stage(run: ImportRun) -> bool:
    """True when all rows are there; False when the run was stopped meanwhile, or begun anew."""
    table = rows(store.path_of(run.file_key), Shape(run.encoding, run.delimiter), after=run.header_line)
    position = run.position
    for block in blocks(table, layout_of(run), width=len(run.header), after=position, size=CHUNK):
        staging = partial(services.stage_rows, run_id=run.pk, text=block.text, count=block.count, after=position)
        try:
            run = in_transaction(staging)
        except DataError as error:
            raise UnreadableFile("unstorable", line=block.first) from error
        position += block.count
        if (run.state, run.position) != (State.CHECKING, position):
            return False
    return in_transaction(lambda: services.end_stage(run_id=run.pk, rows=position)).is_staged


def _import(run_id: int) -> None:
    with alone_at(WRITING, 0) as is_alone:
        if not is_alone:
            return
        told = partial(_say, run_id)
        apply = partial(services.apply_import, run_id=run_id, told=told)
        try:
            try:
                in_transaction(lambda: apply(now=timezone.now()))
            except IntegrityError:
                # Somebody registered meanwhile with an address of the file. Matched afresh, he is known.
                in_transaction(lambda: apply(now=timezone.now()))
        except services.StageIsGone:
            in_transaction(lambda: services.read_again(run_id=run_id))
        except (IntegrityError, DataError):
            log.exception("import_refused", run_id=run_id)
            fail = partial(services.fail_import, run_id=run_id, code="clash", details={}, now=timezone.now())
            in_transaction(fail)
    cache.delete(_progress_key(run_id))


def _settle(run_id: int) -> None:
    while in_transaction(lambda: services.settle_some(run_id=run_id, now=timezone.now())):
        pass
    in_transaction(lambda: services.finish_import(run_id=run_id, now=timezone.now()))
    for name in settings.CUSTOMERS_IMPORTED:
        from celery import current_app

        current_app.send_task(name)


def _take_back(run_id: int) -> None:
    with alone_at(WRITING, 0) as is_alone:
        if is_alone:
            in_transaction(lambda: services.take_back(run_id=run_id, now=timezone.now()))


STEPS: dict[str, Callable[[int], None]] = {
    State.CHECKING: _check,
    State.IMPORTING: _import,
    State.SETTLING: _settle,
    State.UNDOING: _take_back,
}


@contextmanager
def alone_at(what: int, key: int) -> Iterator[bool]:
    """True inside when no other session holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [what, key])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [what, key])


def _say(run_id: int, done: int, total: int) -> None:
    """Seen while the transaction is still open, because it is not in it; losing it loses nothing."""
    cache.set(_progress_key(run_id), done * 100 // max(total, 1), SHOWN_FOR)


def _progress_key(run_id: int) -> str:
    return f"import-progress:{run_id}"
