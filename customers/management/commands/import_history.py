"""`manage.py import_history FILE`: a big file that lies on the server, through the same services as the page (CU-6)."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.imports import store, words
from customers.imports.errors import UnreadableFile
from customers.imports.reading import ENCODINGS, XLSX, Shape, header_of, recognise
from customers.imports.work import carry_on
from customers.models import ImportRun
from customers.queries.imports import wrong_lines
from customers.services import imports as services
from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction

WRONG_SHOWN = 20
COUNTED = ("new", "changed", "unchanged", "wrong", "customers")
SEPARATORS = {";": ";", ",": ",", "|": "|", "tab": "\t"}
# Between two looks at a run that a worker of the shop has taken up first.
SECONDS = 0.5


class Command(BaseCommand):
    help = "Checks a file of customers or purchases and, with --import, imports it, whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX")
        parser.add_argument("--kind", choices=ImportRun.Kind.values, required=True)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="e.g. number='Order ID'; as often as needed. Without it columns are guessed from the header.",
        )
        parser.add_argument("--encoding", choices=ENCODINGS, help="recognised without it")
        parser.add_argument("--delimiter", choices=SEPARATORS, help="recognised without it")
        parser.add_argument("--header-line", type=int, help="line with the titles, recognised without it; 0: none")
        parser.add_argument("--channel", default="import", help="where the file says none")
        parser.add_argument("--overwrite", action="store_true", help="the file is right where customers differ")
        parser.add_argument("--known-only", action="store_true", help="register nobody: purchases of known customers")
        parser.add_argument("--import", action="store_true", dest="imports", help="import after checking")
        parser.add_argument("--skip-wrong", action="store_true", help="leave out wrong lines")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        key = store.keep_file(path)
        try:
            run = self._checked(path, key, options)
            if options["imports"]:
                self._import(run, skips_wrong=options["skip_wrong"])
        except UnreadableFile as error:
            raise CommandError(words.unreadable_text(error)) from error
        except InvalidInput as error:
            raise CommandError(" ".join(f"{wrong.field}: {wrong.detail}" for wrong in error.errors)) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        finally:
            if not ImportRun.objects.filter(file_key=key).exists():
                store.forget(key)

    def _checked(self, path: Path, key: str, options: dict[str, Any]) -> ImportRun:
        kept, now = store.path_of(key), timezone.now()
        shape = recognise(kept)
        if shape.encoding != XLSX:
            delimiter = SEPARATORS.get(options["delimiter"], shape.delimiter)
            shape = Shape(options["encoding"] or shape.encoding, delimiter)
        header = header_of(kept, shape, line=options["header_line"])
        chosen = _columns(options["map"], header.titles)
        upload = services.Upload(
            path.name, key, path.stat().st_size, shape.encoding, shape.delimiter, header.titles, header.line
        )
        run = in_transaction(lambda: services.begin_import(kind=options["kind"], upload=upload, by=None, now=now))
        choice = services.Choice(
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            header=header.titles,
            header_line=header.line,
            columns=chosen or run.columns,
            channel=options["channel"],
            match=ImportRun.Match.OVERWRITE if options["overwrite"] else ImportRun.Match.FILL,
            makes_customers=not options["known_only"],
        )
        in_transaction(lambda: services.choose_columns(run_id=run.pk, choice=choice, now=now))
        in_transaction(lambda: services.check_import(run_id=run.pk, now=now))
        return self._carried_on(run)

    def _import(self, run: ImportRun, *, skips_wrong: bool) -> None:
        in_transaction(
            lambda: services.start_import(run_id=run.pk, skips_wrong=skips_wrong, now=timezone.now()),
        )
        self._carried_on(run)

    def _carried_on(self, run: ImportRun) -> ImportRun:
        carry_on(run.pk)
        run.refresh_from_db()
        while run.is_busy:
            time.sleep(SECONDS)
            carry_on(run.pk)
            run.refresh_from_db()
        counts = ", ".join(f"{name} {run.counts[name]}" for name in COUNTED if name in run.counts)
        self.stdout.write(f"{run}: {run.get_state_display()}; {counts}")
        if run.state == ImportRun.State.FAILED:
            raise CommandError(words.failure_text(run.failure))
        if run.counts.get("wrong"):
            for line in wrong_lines(run, limit=WRONG_SHOWN):
                self.stdout.write(words.line_text(line.line, line.problems))
        return run


def _columns(given: list[str], header: list[str]) -> dict[str, int]:
    """`field=title` or `field=number of the column from 1`."""
    found = {}
    for one in given:
        field, _sign, column = one.partition("=")
        if column in header:
            found[field] = header.index(column)
        elif column.isdecimal() and 0 < int(column) <= len(header):
            found[field] = int(column) - 1
        else:
            raise CommandError(f"There is no column {column} in the header: {', '.join(header)}.")
    return found
