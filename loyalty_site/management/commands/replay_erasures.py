"""`manage.py replay_erasures [FILE]`: after a restore, forget again whoever the backup brought back (CU-4)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.erased_list import Erased, keep_list, read_list
from customers.models import Customer
from customers.services import erase_customer
from loyalty_site.kernel.transactions import in_transaction


class Command(BaseCommand):
    help = "Forgets again the customers of the list of the erased who came back with a restored backup."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", nargs="?", default="", help="the list; without it ERASED_LIST")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"] or settings.ERASED_LIST)
        try:
            listed = read_list(path)
        except (OSError, ValueError) as error:
            raise CommandError(_("The list %(path)s cannot be read: %(why)s") % {"path": path, "why": error}) from error
        again = [erased for erased in listed if self._forget(erased)]
        keep_list()
        count = len(again)
        words = ngettext("%(count)d customer was forgotten again.", "%(count)d customers were forgotten again.", count)
        self.stdout.write(self.style.SUCCESS(words % {"count": count}))

    def _forget(self, erased: Erased) -> bool:
        """Only who is the same by both ids: a database of another shop is left alone."""
        known = Customer.objects.filter(pk=erased.customer_key, public_id=erased.public_id, erased_at=None).exists()
        if known:
            in_transaction(lambda: erase_customer(customer_id=erased.customer_key, now=timezone.now()))
        return known
