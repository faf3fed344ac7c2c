"""`manage.py reckon_rfm [--day 2026-06-01] [--again]`: what the night does, once for each day (CU-7)."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.nightly import reckon_rfm_day
from loyalty_site.kernel.errors import DomainError


class Command(BaseCommand):
    help = "Reckon recency, frequency and monetary value of all customers; a day that is done stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="as of this day (2026-06-01); today without it")

        parser.add_argument("--again", action="store_true", help="anew, with the present settings of the programme")

    def handle(self, *args: Any, day: date | None = None, again: bool = False, **options: Any) -> None:
        today = timezone.localdate()
        if day is not None and day > today:
            raise CommandError("This day has not come yet.")
        try:
            run = reckon_rfm_day(day or today, again=again)
        except DomainError as error:
            raise CommandError(str(error)) from error
        if run is None:
            raise CommandError("Another worker is at it.")
        self.stdout.write(f"{run.day}: {run.customers_count} customers, {run.moved_count} moved.")
