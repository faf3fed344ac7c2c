"""Everything that can happen to points, at random and all at once, on a few accounts. Days pass as seconds."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from points import services
from tests.races.crowd import crowd

WAITED = "waited three seconds"
# On a machine that has no time at all, a lock is given up: that is what it is there for.
REFUSALS = {"NotEnoughPoints", "FactTaken", "MoreThanLeft", "NothingSpent", "NothingEarned", WAITED}
# Everybody does at least so much of each run, however slow the machine is; and tries no more than so often for it.
LEAST_DONE, MOST_TRIED = 60, 3_000
LOCK_NOT_AVAILABLE = "55P03"


def do_business(customers: list[int], *, workers: int, seconds: float) -> Counter[str]:
    """What came of it all: `done`, refusals by name, and what must not be. All that is due is swept at the end."""
    opened, began = time.time(), timezone.now()

    def attempt(worker: int) -> str:
        shop, counted = Shop(customers, opened, began, worker), Counter[str]()
        while time.time() < opened + seconds or (counted["done"] < LEAST_DONE and counted.total() < MOST_TRIED):
            counted[_came_of(shop.business())] += 1
        return json.dumps(counted)

    answers = crowd(attempt, workers, workers=workers)
    # The database's own clock, which the doctor goes by, is far behind that of the story.
    end = began + timedelta(days=time.time() - opened)
    while in_transaction(lambda: services.expire_due(now=end)).lots:
        pass
    return sum((Counter(json.loads(text)) for text in answers.elements()), Counter[str]())


def _came_of(business: Callable[[], object]) -> str:
    try:
        in_transaction(business)
    except DomainError as refusal:
        return type(refusal).__name__
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return WAITED
        return f"{type(error).__name__}: {error}"[:200]
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    return "done"


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


class Shop:
    """One worker's random business with everybody's accounts, orders and refunds: the others do the same."""

    def __init__(self, customers: list[int], opened: float, began: datetime, seed: int) -> None:
        self.customers, self.opened, self.began = customers, opened, began
        self.random = random.Random(seed)

    @property
    def now(self) -> datetime:
        return self.began + timedelta(days=time.time() - self.opened)

    def business(self) -> Callable[[], object]:
        customer, number = self.random.choice(self.customers), self.random.randrange(40)
        # No order of the shop: the doctor would look for it.
        order, now = f"chaos:{customer}:{number}", self.now
        some = self.random.choice([None, self.random.randint(1, 60)])
        match self.random.randrange(20):
            case 0 | 1 | 2 | 3 | 4:
                return lambda: self.earned(customer, f"earn:{order}", now)
            case 5 | 6 | 7 | 8 | 9 | 10:
                amount = 1 + number * 7 % 120
                return lambda: services.spend(customer_id=customer, amount=amount, order_ref=order, now=now)
            case 11 | 12 | 13:
                fact = f"return:{order}:{some}"
                return lambda: services.return_spent(order_ref=order, amount=some, fact=fact, now=now)
            case 14 | 15 | 16:
                fact = f"take_back:{order}:{some}"
                return lambda: services.take_back(earn_fact=f"earn:{order}", amount=some, fact=fact, now=now)
            case 17:
                amount, fact = self.random.choice([-20, 10]), f"manual:{self.random.random()}"
                return lambda: services.adjust(
                    customer_id=customer, amount=amount, reason="chaos", by=None, fact=fact, now=now
                )
            case 18:
                return lambda: self.granted(number, now)
        return lambda: services.expire_due(now=now, limit=50)

    def earned(self, customer: int, fact: str, now: datetime) -> object:
        starts = now + timedelta(days=self.random.choice([0, 0, 1]))
        return services.earn(
            customer_id=customer,
            amount=1 + len(fact) * 7 % 60,
            kind="purchase",
            fact=fact,
            available_from=starts,
            expires_at=starts + timedelta(days=self.random.choice([1, 2, 5])),
            now=now,
        )

    def granted(self, number: int, now: datetime) -> object:
        return services.grant_to_many(
            customers=Customer.objects.filter(pk__in=self.customers),
            amount=15,
            kind="holiday",
            fact=f"holiday:{number % 3}",
            available_from=now,
            expires_at=now + timedelta(days=2),
            now=now,
        )
