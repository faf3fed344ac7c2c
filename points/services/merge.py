"""Two customers become one: their points do too (CU-3)."""

from datetime import datetime
from typing import Any

from customers.models import Merge
from customers.services.merge_rows import moved, moved_where, run
from loyalty_site.kernel.transactions import requires_transaction
from points.models import PointsAccount
from points.rules import EntryKind
from points.rules.lines import LotState, debt_lines, soonest_first
from points.services.posting import Origin, lock_accounts, post_lines
from points.services.reading import read_book


@requires_transaction
def merge_accounts(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """Lots and entries become the survivor's, debts are added up and paid from what is left, soonest to expire first.

    The balance is then what both were together. The absorbed account stays, empty. The caller holds both customers.
    """
    waiting = moved(merge, "points_pendingadjustment")
    # Both are opened, so that whoever gives points to the absorbed customer just now is waited for, and waits.
    run(OPEN_BOTH, merge, now=now)
    lock_accounts(customer_ids=[merge.survivor_id, merge.absorbed_id])
    moved_where(merge, "points_occasiongift", NOT_HAD)
    moved(merge, "points_lot", "account_id")
    if not moved(merge, "points_entry", "account_id"):
        return {"part": "points", "points": 0, "debt": 0, "paid": 0, "waiting": waiting} if waiting else None
    owed = PointsAccount.objects.get(pk=merge.absorbed_id).debt
    run(ADD_DEBT, merge, debt=owed)
    run(NO_DEBT, merge)
    points, paid = _settle(merge, now)
    return {"part": "points", "points": points, "debt": owed, "paid": paid, "waiting": waiting}


def _settle(merge: Merge, now: datetime) -> tuple[int, int]:
    """What is in living lots before, and how much of it paid the debt (PT-7)."""
    fact = f"merge:customer:{merge.absorbed_id}"
    book = read_book(merge.survivor_id, fact)
    living: list[LotState] = soonest_first(lot for lot in book.lots if lot.expires_at > now)
    debt = PointsAccount.objects.get(pk=merge.survivor_id).debt
    lines = debt_lines([(lot.id, lot.remaining) for lot in living], debt)
    if lines:
        post_lines(Origin(merge.survivor_id, fact, now), lines, kind=EntryKind.DEBT)
    return sum(lot.remaining for lot in living), min(debt, sum(lot.remaining for lot in living))


# A gift of the same occasion and year that the survivor has too stays with the absorbed record: he had it once.
NOT_HAD = """NOT EXISTS (
    SELECT FROM points_occasiongift own WHERE own.customer_id = %(survivor)s
    AND own.occasion_id = points_occasiongift.occasion_id AND own.year = points_occasiongift.year)"""

OPEN_BOTH = """
INSERT INTO points_pointsaccount (customer_id, debt, opened_at)
SELECT id, 0, %(now)s FROM (VALUES (%(survivor)s), (%(absorbed)s)) both_of_them (id) ORDER BY id
ON CONFLICT (customer_id) DO NOTHING
"""
ADD_DEBT = """
UPDATE points_pointsaccount SET debt = debt + %(debt)s WHERE customer_id = %(survivor)s AND %(debt)s > 0
"""
NO_DEBT = "UPDATE points_pointsaccount SET debt = 0 WHERE customer_id = %(absorbed)s AND debt > 0"
