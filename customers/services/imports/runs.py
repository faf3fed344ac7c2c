"""What people ask of an import: begin, choose columns, check, import, stop, take back (CU-6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import ImportRun, User
from customers.rules.imports import faults, guessed, plain
from customers.services.imports.tables import Tables
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotFound, WrongState
from loyalty_site.kernel.transactions import requires_transaction

State = ImportRun.State
# Nothing has come of them yet, so they may be begun anew.
OPEN = (State.CHOOSING, State.CHECKED, State.STOPPED, State.FAILED)
LONGEST_CHANNEL = 16
COLUMN_FAULTS: dict[str, str | Promise] = {
    "required": _("Choose the column."),
    "twice": _("This column is chosen twice."),
    "unknown": _("There is no such column."),
}


class HasWrongLines(WrongState):
    code = "import_has_wrong_lines"
    message = _("The file has wrong lines: say that they are to be left out, or correct the file.")


class FileIsGone(WrongState):
    code = "import_file_gone"
    message = _("The file is kept no longer: upload it again.")


@dataclass(frozen=True)
class Upload:
    """A file that is kept (`customers.imports.store`), as it was recognised."""

    name: str
    key: str
    size: int
    encoding: str
    delimiter: str
    header: Sequence[str]
    header_line: int = 1


@dataclass(frozen=True)
class Choice:
    """How the file is to be read. `columns` (field → index) None: guessed anew from the header."""

    encoding: str
    delimiter: str
    header: Sequence[str]
    columns: Mapping[str, int] | None = None
    channel: str = "import"
    match: str = ImportRun.Match.FILL
    makes_customers: bool = True
    header_line: int = 1


@requires_transaction
def begin_import(*, kind: str, upload: Upload, by: User | None, now: datetime) -> ImportRun:
    """Columns are those chosen for the last file of this header, or guessed."""
    if kind not in ImportRun.Kind.values:
        raise InvalidInput(FieldError("kind", "unknown", _("There is no such kind of import.")))
    run = ImportRun(
        kind=kind,
        file_name=upload.name[-200:],
        file_key=upload.key,
        file_size=upload.size,
        file_until=now + timedelta(days=settings.IMPORT_KEEP_DAYS),
        encoding=upload.encoding,
        delimiter=upload.delimiter,
        made_by=by,
        made_at=now,
    )
    _put_header(run, upload.header, upload.header_line)
    run.save()
    return run


@requires_transaction
def choose_columns(*, run_id: int, choice: Choice, now: datetime) -> ImportRun:
    """What was staged is dropped. InvalidInput by field for a wrong choice, WrongState once something came of it."""
    run = _open_run(run_id)
    if not (0 < len(choice.channel) <= LONGEST_CHANNEL and choice.channel.isascii() and choice.channel.isprintable()):
        detail = _("A channel is a word of at most 16 Latin letters.")
        raise InvalidInput(FieldError("channel", "invalid", detail))
    run.encoding, run.delimiter = choice.encoding, choice.delimiter
    if choice.columns is None or (list(choice.header), choice.header_line) != (run.header, run.header_line):
        _put_header(run, choice.header, choice.header_line)
    else:
        run.columns = dict(choice.columns)
        _refuse_faults(run)
    run.channel, run.match, run.makes_customers = choice.channel, choice.match, choice.makes_customers
    _begin_again(run, State.CHOOSING)
    return run


@requires_transaction
def check_import(*, run_id: int, now: datetime) -> ImportRun:
    """The worker reads the whole file and counts; nothing is imported. While it does, the same run."""
    run = locked_run(run_id)
    if run.state == State.CHECKING:
        return run
    run = _open_run(run_id)
    _refuse_faults(run)
    _begin_again(run, State.CHECKING)
    _wake(run.pk)
    return run


@requires_transaction
def start_import(*, run_id: int, skips_wrong: bool, now: datetime) -> ImportRun:
    """What was checked is imported, whole or not at all. Asked twice: the same run. HasWrongLines, WrongState."""
    run = locked_run(run_id)
    if run.state in (State.IMPORTING, State.SETTLING, State.DONE):
        return run
    if run.state != State.CHECKED:
        raise WrongState
    if run.file_until and run.file_until <= now:
        raise FileIsGone
    if run.counts.get("wrong") and not skips_wrong:
        raise HasWrongLines
    run.state, run.skips_wrong = State.IMPORTING, skips_wrong
    run.save(update_fields=["state", "skips_wrong"])
    _wake(run.pk)
    return run


@requires_transaction
def stop_import(*, run_id: int, now: datetime) -> ImportRun:
    """The worker leaves off reading. Once rows are being written, a run is taken back instead: WrongState."""
    run = locked_run(run_id)
    if run.state == State.STOPPED:
        return run
    if run.state not in (State.CHOOSING, State.CHECKING, State.CHECKED):
        raise WrongState
    run.state, run.finished_at = State.STOPPED, now
    run.save(update_fields=["state", "finished_at"])
    return run


@requires_transaction
def undo_import(*, run_id: int, by: User | None, now: datetime) -> ImportRun:
    """The worker takes the whole run back. Asked twice: the same run."""
    run = locked_run(run_id)
    if run.undone_by_id or run.undone_at or run.state in (State.UNDOING, State.UNDONE):
        return run
    if run.state != State.DONE:
        raise WrongState
    run.state, run.undone_by = State.UNDOING, by
    run.save(update_fields=["state", "undone_by"])
    _wake(run.pk)
    return run


def locked_run(run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise NotFound(_("There is no such import."))
    return run


def _open_run(run_id: int) -> ImportRun:
    run = locked_run(run_id)
    if run.state not in OPEN:
        raise WrongState
    if not run.file_key:
        raise FileIsGone
    return run


def _put_header(run: ImportRun, header: Sequence[str], line: int) -> None:
    """The columns chosen last for a file of the same titles are taken over, or they are guessed."""
    run.header, run.header_line = list(header), line
    titles = "\x1f".join(plain(title) for title in header)
    run.header_key = sha256(f"{run.kind}\x1f{titles}".encode()).hexdigest()
    of_header = ImportRun.objects.filter(header_key=run.header_key, kind=run.kind)
    chosen = of_header.exclude(pk=run.pk).exclude(state=State.CHOOSING).order_by("-pk")
    before = chosen.first() if any(header) else None
    if before is None:
        run.columns = guessed(run.kind, header)
        return
    run.columns, run.channel, run.match = before.columns, before.channel, before.match
    run.makes_customers = before.makes_customers


def _refuse_faults(run: ImportRun) -> None:
    wrong = faults(run.kind, run.columns, len(run.header))
    if wrong:
        raise InvalidInput(*(FieldError(name, code, COLUMN_FAULTS[code]) for name, code in wrong.items()))


def _begin_again(run: ImportRun, state: str) -> None:
    Tables(run.pk).drop()
    run.state, run.position, run.is_staged = state, 0, False
    run.counts, run.failure, run.finished_at = {}, {}, None
    run.save()


def _wake(run_id: int) -> None:
    """A broker that is down is no reason to fail: the sweep of unfinished imports goes on with it."""

    def wake() -> None:
        from customers.tasks import carry_on_import

        carry_on_import.delay(run_id=run_id)

    transaction.on_commit(wake, robust=True)
