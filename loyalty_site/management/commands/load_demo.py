"""`manage.py load_demo [--if-empty]`: fill the shop with a demonstration, and say how to sign in.

Progress goes to stderr, the tables of sign-ins and codes to stdout. May be run again: what is there stays.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty_site.demo.load import has_other_data, load_demo, replace_lost_signins
from loyalty_site.demo.table import shown


class Command(BaseCommand):
    help = "Fill the shop with a demonstration: goods, people, promo codes, two months of orders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="add nothing to a shop that has data")
        parser.add_argument("--yes", action="store_true", help="do it in production")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["yes"]:
            raise CommandError("This makes accounts with printed passwords. Say --yes to do it in production.")
        if options["if_empty"] and has_other_data():
            replace_lost_signins()
        else:
            load_demo(now=timezone.now(), out=sys.stderr)
        for line in shown():
            self.stdout.write(line)
