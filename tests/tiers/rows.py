"""A customer's way on the ladder in few words."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Customer, Purchase
from loyalty_site.kernel.transactions import in_transaction
from tests.factories import NOW, PurchaseFactory
from tiers import services
from tiers.models import Standing, Tier, TierChange
from tiers.queries import INVARIANTS


def day(number: float) -> datetime:
    """`number` days after the tests' present."""
    return NOW + timedelta(days=number)


def buy(customer: Customer, amount: Any, *, on: float = 0, **given: Any) -> Purchase:
    """A purchase of so many roubles, without a review."""
    return PurchaseFactory.create(customer=customer, goods_amount=Decimal(amount), paid_at=day(on), **given)


def pay(customer: Customer, amount: Any, *, on: float = 0) -> TierChange | None:
    """A purchase with what follows it."""

    def work() -> TierChange | None:
        purchase = buy(customer, amount, on=on)
        return services.review_after_purchase(customer_id=customer.pk, order_ref=purchase.ref, now=day(on))

    return in_transaction(work)


def review(*, on: float = 0, limit: int = 100) -> tuple[int, int, int, int]:
    """The whole nightly review of that day: (up, warned, down, kept)."""
    sums, after = [0, 0, 0, 0], 0
    while True:
        chunk = in_transaction(lambda after=after: services.review_chunk(now=day(on), after=after, limit=limit))
        sums = [a + b for a, b in zip(sums, (chunk.up, chunk.warned, chunk.down, chunk.kept), strict=True)]
        if chunk.last_id is None:
            return sums[0], sums[1], sums[2], sums[3]
        after = chunk.last_id


def stands(customer: Customer) -> tuple[str, datetime, datetime | None] | None:
    """(code, since, lapses_at); None without a row."""
    row = Standing.objects.select_related("tier").filter(customer=customer).first()
    return (row.tier.code, row.since, row.lapses_at) if row else None


def moves(customer: Customer) -> list[tuple[str | None, str, str]]:
    """(from, to, cause), oldest first."""
    rows = TierChange.objects.filter(customer=customer).order_by("pk")
    return list(rows.values_list("from_tier__code", "to_tier__code", "cause"))


def tier(code: str) -> Tier:
    return Tier.objects.get(code=code)


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def offenders() -> set[str]:
    """Codes of the invariants that do not hold."""
    found = set()
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if cursor.fetchone():
                found.add(invariant.code)
    return found
