"""What tiers need to be seen beside the trade: purchases and a card of an older shop."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from customers.models import Customer, Purchase, User
from customers.services import record_purchase
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from tiers.rules import CardRow
from tiers.services import import_cards, review_after_purchase, review_chunk

CARD_NUMBER, CARD_PERCENT = "7770000010421", Decimal("7.00")
# Whose purchase (by the customer's number), how many days ago, roubles: Platinum, and one that has stopped counting.
HISTORY = ((3, 150, "161500.00"), (4, 366, "152400.00"))
CARD_HOLDER = 1


@requires_transaction
def add_card(people: list[Customer], by: User, now: datetime) -> None:
    holder = people[CARD_HOLDER].email or ""
    import_cards(rows=[CardRow(1, CARD_NUMBER, CARD_PERCENT, holder)], by=by, now=now)


def add_history(people: list[Customer], now: datetime) -> None:
    """Purchases of before, each with the review that follows it; those that are there are left alone."""
    for number, days, amount in HISTORY:
        in_transaction(partial(_purchase, people[number], f"import:demo-{number}", Decimal(amount), now, days))


@requires_transaction
def _purchase(customer: Customer, ref: str, amount: Decimal, now: datetime, days: int) -> None:
    if Purchase.objects.filter(ref=ref).exists():
        return
    paid_at = now - timedelta(days=days)
    record_purchase(
        customer_id=customer.pk, ref=ref, channel="pos", goods_amount=amount, discount_amount=Decimal(0), now=paid_at
    )
    review_after_purchase(customer_id=customer.pk, order_ref=ref, now=paid_at)


def review_everybody(now: datetime) -> None:
    """Whoever no longer reaches his tier is told."""
    in_transaction(partial(review_chunk, now=now))
