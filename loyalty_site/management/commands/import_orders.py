"""`manage.py import_orders FILE.csv [--dry-run]`: orders of a till or a marketplace (O-8).

Columns: channel, external_number, sku, quantity, and optionally unit_price (till only), placed_at, customer (external
id), name, email, phone, address, delivery_method, delivery_price, promo_code, total, paid, payment_id. One row is one
line of an order. A file with a malformed row changes nothing; an order refused by a rule is reported, the others are
imported. The same file again adds nothing.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from orders.rules.import_rows import ImportedOrder, RowError, missing_columns, orders_of, unknown_columns
from orders.services.import_order import import_order
from points.services import expire_due

REPORT_EVERY = 100


class Command(BaseCommand):
    help = "Imports orders from a CSV file through the same services as every other order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(orders_of(self._rows(options["file"]), timezone.get_current_timezone()))
        mistakes = [item for item in found if isinstance(item, RowError)]
        for mistake in mistakes:
            self._complain(mistake.line, mistake.text)
        if mistakes:
            raise CommandError(_("The file has mistakes; nothing was imported."))
        orders = [item for item in found if isinstance(item, ImportedOrder)]
        counts = self._import(orders, is_dry=options["dry_run"])
        if counts["new"] and not options["dry_run"]:
            _expire_old_points()
        self._conclude(counts, is_dry=options["dry_run"])

    def _rows(self, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                head = file.readline()
                file.seek(0)
                reader = csv.DictReader(file, delimiter=";" if ";" in head else ",", restkey=None)
                self._check_header(reader.fieldnames or [])
                for row in reader:
                    yield reader.line_num, row
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(_("The file cannot be read: %(why)s") % {"why": error}) from error

    def _check_header(self, header: Any) -> None:
        if missing := missing_columns(header):
            raise CommandError(_("Columns are missing: %(names)s") % {"names": ", ".join(missing)})
        if unknown := unknown_columns(header):
            raise CommandError(_("Unknown columns: %(names)s") % {"names": ", ".join(map(str, unknown))})

    def _import(self, orders: list[ImportedOrder], *, is_dry: bool) -> dict[str, int]:
        """How many are new, were there already, or are refused. One transaction for each order."""
        counts = {"new": 0, "known": 0, "refused": 0}
        for done, given in enumerate(orders, 1):
            counts[self._imported(given, is_dry=is_dry)] += 1
            if done % REPORT_EVERY == 0 or done == len(orders):
                self.stderr.write(f"{done} / {len(orders)}")
        return counts

    def _imported(self, given: ImportedOrder, *, is_dry: bool) -> str:
        def work() -> bool:
            _order, is_new = import_order(given=given, now=timezone.now())
            if is_dry:
                transaction.set_rollback(True)
            return is_new

        try:
            return "new" if in_transaction(work) else "known"
        except InvalidInput as refusal:
            self._complain(given.line, "; ".join(f"{wrong.field}: {wrong.detail}" for wrong in refusal.errors))
        except DomainError as refusal:
            self._complain(given.line, f"{refusal} [{refusal.code}]")
        return "refused"

    def _complain(self, line: int, text: str) -> None:
        self.stderr.write(_("line %(line)d: %(text)s") % {"line": line, "text": text})

    def _conclude(self, counts: dict[str, int], *, is_dry: bool) -> None:
        summary = _("New: %(new)d. There already: %(known)d. Refused: %(refused)d.") % counts
        self.stdout.write(f"{_('Nothing was kept: a dry run.')} {summary}" if is_dry else summary)
        if count := counts["refused"]:
            raise CommandError(
                ngettext("%(count)d order was refused.", "%(count)d orders were refused.", count) % {"count": count}
            )


def _expire_old_points() -> None:
    """Receipts earn as of their day: what old ones gave may be over by now (PT-6)."""
    now = timezone.now()
    while in_transaction(lambda: expire_due(now=now)).lots:
        pass
