"""Taking earned points back, into debt if need be (O-7, PT-7)."""

from datetime import datetime

from loyalty_site.kernel.transactions import requires_transaction
from points.rules import EntryKind, take_back_lines
from points.services.errors import MoreThanLeft, NothingEarned
from points.services.inputs import checked_amount
from points.services.posting import Origin, Posted, post_lines
from points.services.reading import EARNING, EXPIRED, read_book
from points.services.undoing import lock_account_of


@requires_transaction
def take_back(
    *, earn_fact: str, amount: int | None = None, fact: str, now: datetime, order_ref: str = "", reason: str = ""
) -> Posted:
    """`amount` points of an earning, from its lot, then from others, then into debt; None: all that is left.

    `Posted.debt_change` says how much became debt. Raises NothingEarned, MoreThanLeft, and FactTaken when the
    fact stands for something else.
    """
    if amount is not None:
        checked_amount(amount)
    account_id, _debt = lock_account_of(earn_fact, NothingEarned)
    book = read_book(account_id, fact, EARNING, EXPIRED, earn_fact=earn_fact)
    earning = book.earning()
    if earlier := book.repeated(fact, EntryKind.TAKE_BACK, amount, reverses={earning.entry_id}):
        return earlier  # type: ignore[no-any-return]
    amount = earning.left if amount is None else amount
    if not earning.left or amount > earning.left:
        raise MoreThanLeft(earning.left)
    lines = take_back_lines(earning, book.lots, amount, now=now)
    return post_lines(Origin(account_id, fact, now, order_ref, reason), lines, kind=EntryKind.TAKE_BACK)
