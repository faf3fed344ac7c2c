"""A customer's orders and points as a story: each step and what the customer has after it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

import orders.queries.points_invariants
from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order, Refund
from orders.services import cancel_order, claim_order, complete_order, pay_order, refund_order
from points.queries import balance
from tests.factories import NOW
from tests.orders.ordering import place_at
from tests.points.rows import untrue

Step = tuple[Callable[[], object], float, tuple[int, int, int]]


def day(number: float) -> datetime:
    return NOW + timedelta(days=number)


class Till:
    """The till for one customer; orders are known by the name that the story gives them."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.numbers: dict[str, str] = {}

    def order(self, name: str) -> Order:
        return Order.objects.get(pk=self.numbers[name])

    def place(self, name: str, *skus: str, on: float = 0, points: int = 0, **fields: Any) -> Order:
        given = {"customer_id": self.customer.pk, "points_to_spend": points, **fields}
        order = in_transaction(lambda: place_at(day(on), *skus, **given))
        self.numbers[name] = order.number
        return order

    def pay(self, name: str, *, on: float = 0) -> Order:
        number, total = self.numbers[name], self.order(name).total
        return in_transaction(
            lambda: pay_order(number=number, amount=total, provider="test", payment_id=f"P-{number}", now=day(on))
        )

    def buy(self, name: str, *skus: str, on: float = 0, points: int = 0, **fields: Any) -> Order:
        self.place(name, *skus, on=on, points=points, **fields)
        return self.pay(name, on=on)

    def claim(self, name: str, *, on: float = 0) -> Order:
        return in_transaction(lambda: claim_order(number=self.numbers[name], customer=self.customer, now=day(on)))

    def complete(self, name: str, *, on: float = 0) -> Order:
        return in_transaction(lambda: complete_order(number=self.numbers[name], now=day(on)))

    def cancel(self, name: str, *, on: float = 0) -> Order:
        return in_transaction(lambda: cancel_order(number=self.numbers[name], reason="", now=day(on)))

    def refund(self, name: str, *lines: tuple[str, int], on: float = 0) -> Refund:
        wanted = list(lines) or None
        return in_transaction(lambda: refund_order(number=self.numbers[name], lines=wanted, reason="", now=day(on)))

    def has(self, on: float = 0) -> tuple[int, int, int]:
        """(available, pending, debt) on that day."""
        found = balance(self.customer.pk, now=day(on))
        return found.available, found.pending, found.debt

    def follow(self, *steps: Step) -> None:
        """Each step: do it, then look at the balance on that day; the books are true after each."""
        for number, (happens, on, expected) in enumerate(steps, 1):
            happens()
            assert self.has(on) == expected, f"after step {number}"
            assert broken() == set(), f"after step {number}"


def moved(refund: Refund) -> tuple[Decimal, int, int]:
    """(money, points returned, points taken back)."""
    return refund.amount, refund.points_returned, refund.points_taken_back


def broken() -> set[str]:
    """What does not hold between orders and ledger, or inside the ledger."""
    found = set()
    for invariant in orders.queries.points_invariants.INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if cursor.fetchone():
                found.add(invariant.code)
    return found | untrue()
