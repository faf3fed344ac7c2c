"""Earning: a new lot, debt paid first (PT-5, PT-7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customers.models import User
from loyalty_site.kernel.transactions import requires_transaction
from points.models import Lot
from points.rules import EntryKind
from points.services.errors import FactTaken
from points.services.inputs import checked_amount
from points.services.posting import NewLot, Origin, Posted, lock_or_open_account, post_lot
from points.services.reading import read_book


@requires_transaction
def open_account(*, customer_id: int, now: datetime) -> None:
    """Make the customer's account if there is none. Everything that gives points does it by itself."""
    lock_or_open_account(customer_id, now=now)


@requires_transaction
def earn(
    *,
    customer_id: int,
    amount: int,
    kind: str,
    fact: str,
    available_from: datetime,
    expires_at: datetime,
    now: datetime,
    order_ref: str = "",
    reason: str = "",
    by: User | None = None,
) -> Posted:
    """`amount` points in a new lot of `kind` (`Lot.Kind`), pending until `available_from`.

    The same fact again returns the first result, whatever the dates; with another customer, amount or kind it
    raises FactTaken. Two statements.
    """
    checked_amount(amount)
    debt = lock_or_open_account(customer_id, now=now)
    origin = Origin(customer_id, fact, now, order_ref, reason, by.pk if by else None)
    lot = NewLot(Lot.Kind(kind).value, amount, available_from, expires_at)
    return post_lot(origin, lot, kind=EntryKind.EARN, debt=debt) or earned_before(origin, lot, EntryKind.EARN)


@dataclass(frozen=True)
class Earning:
    """One of several earnings that come together: `kind` is a `Lot.Kind`."""

    amount: int
    kind: str
    fact: str


@requires_transaction
def earn_together(
    *,
    customer_id: int,
    earnings: Sequence[Earning],
    available_from: datetime,
    expires_at: datetime,
    now: datetime,
    order_ref: str = "",
) -> list[Posted]:
    """Each earning in a lot of its own, like `earn`, in their order: one statement each and one for all of them."""
    debt = lock_or_open_account(customer_id, now=now) if earnings else 0
    posted = []
    for earning in earnings:
        origin = Origin(customer_id, earning.fact, now, order_ref)
        lot = NewLot(Lot.Kind(earning.kind).value, checked_amount(earning.amount), available_from, expires_at)
        done = post_lot(origin, lot, kind=EntryKind.EARN, debt=debt)
        debt -= min(debt, lot.amount) if done else 0
        posted.append(done or earned_before(origin, lot, EntryKind.EARN))
    return posted


def earned_before(origin: Origin, lot: NewLot, kind: EntryKind) -> Posted:
    """The first result of a fact that stands already. Raises FactTaken when it stands for something else."""
    book = read_book(origin.account_id, origin.fact)
    posted: Posted | None = book.repeated(origin.fact, kind, lot.amount)
    same = {"fact": origin.fact, "kind": lot.kind, "order_ref": origin.order_ref}
    if posted is None or not Lot.objects.filter(**same).exists():
        raise FactTaken
    return posted
