"""Buyers of an older shop with a year and a half of purchases: the RFM map and cohorts have something to show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from customers.models import Customer, Purchase, RfmRun
from customers.services import reckon_rfm
from loyalty_site.kernel.transactions import requires_transaction

COUNT, FIRST_NUMBER, DAYS = 150, 101, 540
# How many days ago the map was reckoned, so that arrows show who moved since.
NIGHTS = (60, 30)


@dataclass(frozen=True)
class Habit:
    """Days between two purchases, more or less; how long he keeps coming; roubles of a middling purchase."""

    gap: int
    stays: int
    roubles: int


HABITS = (Habit(20, 540, 4200), Habit(45, 540, 2600), Habit(60, 200, 3400), Habit(90, 300, 1500), Habit(30, 60, 2200))


@requires_transaction
def add_history(now: datetime) -> None:
    """Customers known by their external ids alone, and the nights of before. Those that are there are left alone."""
    if Customer.objects.filter(external_id=_external(0)).exists():
        return
    people = Customer.objects.bulk_create(
        Customer(
            external_id=_external(number),
            first_name="Покупатель",
            last_name=str(FIRST_NUMBER + number),
            registered_at=now - timedelta(days=DAYS),
        )
        for number in range(COUNT)
    )
    bought = [row for number, customer in enumerate(people) for row in _purchases(customer, Random(number), now)]
    for earlier, later in zip((DAYS + 1, *NIGHTS), (*NIGHTS, 0), strict=True):
        since, until = now - timedelta(days=earlier), now - timedelta(days=later)
        Purchase.objects.bulk_create(row for row in bought if since < row.paid_at <= until)
        if later and not RfmRun.objects.filter(day__gte=timezone.localdate(until)).exists():
            reckon_rfm(now=until)


@requires_transaction
def reckon(now: datetime) -> None:
    """The map as it is now, with all the trade."""
    reckon_rfm(now=now, again=True)


def _purchases(customer: Customer, random: Random, now: datetime) -> Iterator[Purchase]:
    habit = random.choice(HABITS)
    began = random.randint(5, DAYS)
    day, count = float(began), 0
    while day > max(1, began - habit.stays):
        roubles = Decimal(round(habit.roubles * random.uniform(0.4, 1.8)))
        yield Purchase(
            customer=customer,
            ref=f"import:{customer.external_id}-{count}",
            channel="pos",
            paid_at=now - timedelta(days=day),
            goods_amount=roubles,
            is_first=count == 0,
        )
        count += 1
        day -= random.uniform(0.5, 1.8) * habit.gap


def _external(number: int) -> str:
    return f"demo-history-{FIRST_NUMBER + number}"
