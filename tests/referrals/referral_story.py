"""Who brought whom and what came of it, as a story: people register, buy, give back; the worker pays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.models import Customer
from customers.rules import Brought
from customers.services import register_customer
from loyalty_site.kernel.transactions import in_transaction
from points.queries import balance
from referrals.models import Referral, Reward
from referrals.queries import link_of
from referrals.services import pay_due
from tests.factories import NOW, CustomerFactory
from tests.orders.points_story import Till

DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return NOW + number * DAY


def register(email: str = "friend@shop.test", *, code: str = "", on: float = 0, **brought: Any) -> Customer:
    """Somebody new, by `code` if given."""
    way = Brought(code=code, **brought)
    return in_transaction(lambda: register_customer(email=email, now=day(on), source="site", brought=way))


class Friends:
    """A referrer and the newcomer that he brings; `till` is the newcomer's."""

    def __init__(self, *, code: str = "", email: str = "friend@shop.test") -> None:
        self.referrer: Customer = CustomerFactory(first_name="Покупатель")
        self.code = code or link_of(self.referrer.pk).code
        self.newcomer = register(email, code=self.code)
        self.till = Till(self.newcomer)

    @property
    def referral(self) -> Referral:
        return Referral.objects.get(newcomer=self.newcomer)

    def first_order(self) -> str:
        """By the name that the story gives it; empty for none."""
        names = {f"order:{number}": name for name, number in self.till.numbers.items()}
        return names.get(self.referral.first_order_ref, self.referral.first_order_ref)

    def rewards(self) -> list[tuple[str, str, Decimal, Decimal, str]]:
        """(role, order by its name, amount, taken back, state), in the order they were earned."""
        names = {f"order:{number}": name for name, number in self.till.numbers.items()}
        rows = Reward.objects.filter(referral=self.referral).order_by("pk")
        return [(row.role, names.get(row.order_ref, ""), row.amount, row.taken_back_amount, row.status) for row in rows]

    def payout(self, on: float) -> int:
        return in_transaction(lambda: pay_due(now=day(on))).paid

    def has(self, on: float) -> tuple[int, int]:
        """(available, debt) of the referrer on that day."""
        found = balance(self.referrer.pk, now=day(on))
        return found.available, found.debt
