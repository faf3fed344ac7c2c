"""A whole replay, step by step: what `manage.py replay_journey` does."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import TextIO

from django.utils import timezone

from loyalty_site.journey.calendar import Done, Event, by_close, close_day, close_week, close_year, events_of, month_end
from loyalty_site.journey.campaigns import add_campaigns, keys_by_campaign
from loyalty_site.journey.catalogue import category_rows, product_rows
from loyalty_site.journey.coupons import CouponKey, Coupons, match_coupons
from loyalty_site.journey.dataset import Dataset
from loyalty_site.journey.households import add_households, registrations
from loyalty_site.journey.invitations import planned
from loyalty_site.journey.ledger import PointsMoved, points_moved
from loyalty_site.journey.programme import set_programme
from loyalty_site.journey.receipts import Receipts
from loyalty_site.journey.reconcile import (
    Difference,
    ReplayedOrder,
    differences,
    refunds_of_baskets,
    replayed_orders,
)
from loyalty_site.journey.replay import Outcome, Till
from loyalty_site.journey.rewards import Rewards, compared_rewards
from loyalty_site.journey.wishes import REST_AFTER_DAYS
from loyalty_site.journey.workers import replay_in_processes
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.progress import Progress
from orders.services import import_catalog

IMPORT_ROWS = 5_000
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Slice:
    """Which receipts: the first `baskets` of the first `households`, none before `since`; None is no bound.

    `redeemers`: only households that have redeemed a coupon.
    """

    baskets: int | None = None
    households: int | None = None
    since: datetime | None = None
    redeemers: bool = False

    def of(self, dataset: Dataset) -> Receipts:
        transactions = dataset.transactions
        if self.redeemers:
            transactions = transactions[transactions.household_id.isin(dataset.coupon_redemptions.household_id)]
        if self.since is not None:
            transactions = transactions[transactions.transaction_timestamp >= self.since]
        return Receipts(transactions, baskets=self.baskets, households=self.households)


@dataclass(frozen=True)
class Result:
    """What a replay came to. `seconds` is the placing alone; `orders` are those of this slice, by basket."""

    receipts: Receipts
    coupons: Coupons
    codes: Mapping[CouponKey, str]
    outcome: Outcome
    skipped: int
    seconds: float
    orders: Mapping[str, ReplayedOrder]
    refunds: int
    moved: PointsMoved | None
    rewards: Rewards
    differences: list[Difference]

    @property
    def per_second(self) -> float:
        return self.outcome.placed / self.seconds if self.seconds else 0.0

    @property
    def paid_with_points(self) -> int:
        return sum(order.points > 0 for order in self.orders.values())

    @property
    def expected_uses(self) -> int:
        return self.coupons.expected(self.orders)

    @property
    def found_uses(self) -> int:
        return sum(order.uses for order in self.orders.values())

    @property
    def refused_earlier(self) -> int:
        """Coupons refused in an earlier run of which only the orders are left."""
        return self.expected_uses - self.found_uses - self.outcome.refused.total()


def replay(dataset: Dataset, wanted: Slice, *, workers: int, out: TextIO, seconds: float = inf) -> Result:
    """Load what the slice needs, replay the receipts that are not there yet, and compare those that are then.

    After `seconds` of placing no receipt is begun any more.
    """
    receipts = wanted.of(dataset)
    if len(receipts):
        in_transaction(partial(set_programme, now=receipts[0].at))
    add_catalogue(dataset, receipts, out)
    customers = add_customers(receipts, out)
    coupons = match_coupons(dataset)
    typed = {number: coupons.by_receipt[number] for number in receipts.numbers() & coupons.by_receipt.keys()}
    keys = keys_by_campaign(coupons, {key.campaign for typed_here in typed.values() for key in typed_here})
    codes = {}
    if keys:
        codes_made = Progress(out, f"promo codes of {len(keys)} campaigns", sum(map(len, keys.values())))
        codes = add_campaigns(dataset, keys, coupons, customers, seen=codes_made.seen)
        codes_made.finish()
    present = replayed_orders().keys() & receipts.numbers()
    done = Done(present, refunds_of_baskets())
    parts = [events_of(receipts, receipts.places_of(worker, workers), done) for worker in range(workers)]
    progress = Progress(out, "baskets and refunds", sum(map(len, parts)))
    plan = planned(list(registrations(receipts.frame)))
    till = Till(customers, typed, codes, plan, stop_at=time.monotonic() + seconds)
    outcome = live_through(till, receipts, parts, progress)
    progress.finish(outcome.placed + outcome.refunds)
    ends_at = month_end(receipts[len(receipts) - 1].at + timedelta(days=REST_AFTER_DAYS)) if len(receipts) else None
    moved = points_moved(ends_at) if ends_at else None
    if not outcome.left:
        close_year(timezone.now())
    orders = {basket: order for basket, order in replayed_orders().items() if basket in receipts.numbers()}
    rewards = compared_rewards(plan, receipts, orders, is_whole=not outcome.left)
    return Result(
        receipts=receipts,
        coupons=coupons,
        codes=codes,
        outcome=outcome,
        skipped=len(present),
        seconds=progress.seconds,
        orders=orders,
        refunds=sum(count for basket, count in refunds_of_baskets().items() if basket in orders),
        moved=moved,
        rewards=rewards,
        differences=[
            *differences(receipts.frame, coupons, codes, orders, is_whole=not outcome.left),
            *rewards.differences,
        ],
    )


def live_through(till: Till, receipts: Receipts, parts: Sequence[Sequence[Event]], progress: Progress) -> Outcome:
    """Week by week: then rewards for referrals are paid; after a month points expire and tiers are reviewed."""
    outcome, waiting, happened = Outcome(), sum(map(len, parts)), 0
    month = None
    for end, events in by_close(parts).items():
        if month and end > month:
            close_day(month)
        month = month_end(end - MOMENT)
        week = partial(_seen_after, progress, happened)
        outcome.add(replay_in_processes(till, receipts, events, seen=week))
        happened = outcome.placed + outcome.refunds
        if outcome.left:
            break
        close_week(end)
    else:
        if month:
            close_day(month)
    outcome.left = waiting - happened
    return outcome


def _seen_after(progress: Progress, earlier: int, done: int) -> None:
    progress.seen(earlier + done)


def add_catalogue(dataset: Dataset, receipts: Receipts, out: TextIO) -> None:
    """The tree and the products of these receipts, in imports of a few thousand rows."""
    products = list(product_rows(dataset, {int(sku) for sku in receipts.frame.product_id.unique()}))
    in_transaction(partial(import_catalog, categories=category_rows(dataset.products), products=[]))
    progress = Progress(out, "products", len(products))
    for start in range(0, len(products), IMPORT_ROWS):
        rows = products[start : start + IMPORT_ROWS]
        in_transaction(partial(import_catalog, categories=[], products=rows))
        progress.seen(start + len(rows))
    progress.finish()


def add_customers(receipts: Receipts, out: TextIO) -> dict[str, int]:
    progress = Progress(out, "households", receipts.frame.household_id.nunique())
    customers = add_households(receipts.frame, seen=progress.seen)
    progress.finish()
    return customers
