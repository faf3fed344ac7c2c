"""Spending points on an order, and giving them back (O-2, O-6, O-7, PT-7)."""

from datetime import datetime, timedelta

from loyalty_site.kernel.transactions import requires_transaction
from points.rules import EntryKind, available, return_lines, spending_lines
from points.services.errors import MoreThanLeft, NotEnoughPoints, NothingSpent
from points.services.inputs import checked_amount
from points.services.posting import Origin, Posted, lock_account, post_lines
from points.services.reading import GRACE_DAYS, SPENT, read_book
from points.services.undoing import lock_account_of

USUAL_GRACE_DAYS = 14


@requires_transaction
def spend(*, customer_id: int, amount: int, order_ref: str, now: datetime) -> Posted:
    """`amount` points out of available lots, the soonest to expire first. Once per order; three statements.

    Raises NotEnoughPoints, and FactTaken when the order took another amount before.
    """
    checked_amount(amount)
    if lock_account(customer_id) is None:
        raise NotEnoughPoints(0)
    fact = spend_fact(order_ref)
    book = read_book(customer_id, fact)
    if earlier := book.repeated(fact, EntryKind.SPEND, amount):
        return earlier  # type: ignore[no-any-return]
    lines = spending_lines(book.lots, amount, now=now)
    if lines is None:
        raise NotEnoughPoints(available(book.lots, now=now))
    return post_lines(Origin(customer_id, fact, now, order_ref), lines, kind=EntryKind.SPEND)


@requires_transaction
def return_spent(*, order_ref: str, amount: int | None = None, fact: str, now: datetime) -> Posted:
    """`amount` points of those the order spent, back into the lots they came from; None: all that is left.

    A lot that has expired meanwhile lives on for the programme's days of grace. Debt is paid from what comes back.
    Raises NothingSpent, MoreThanLeft, and FactTaken when the fact stands for something else.
    """
    if amount is not None:
        checked_amount(amount)
    account_id, debt = lock_account_of(spend_fact(order_ref), NothingSpent)
    book = read_book(account_id, fact, SPENT, GRACE_DAYS, spend_fact=spend_fact(order_ref))
    parts = book.spent()
    if earlier := book.repeated(fact, EntryKind.RETURN, amount, reverses={part.entry_id for part in parts}):
        return earlier  # type: ignore[no-any-return]
    left = sum(part.left for part in parts)
    amount = left if amount is None else amount
    if not left or amount > left:
        raise MoreThanLeft(left)
    grace = book.setting()
    grace_until = now + timedelta(days=USUAL_GRACE_DAYS if grace is None else grace)
    lines = return_lines(parts, amount, debt=debt, now=now, grace_until=grace_until)
    return post_lines(Origin(account_id, fact, now, order_ref), lines, kind=EntryKind.RETURN)


def spend_fact(order_ref: str) -> str:
    """The fact that an order's spending stands for."""
    return f"spend:{order_ref}"
