"""Two customers become one: whom they brought, by whom they came, what is owed for it (CU-3, R-5)."""

from datetime import datetime
from typing import Any

from customers.models import Merge
from customers.services.merge_rows import moved, moved_once, run
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Referral, Review
from referrals.queries.merging import TwoAmbassadors, refuse_two_ambassadors, void_because
from referrals.services.undo import undo_referral

__all__ = ["TwoAmbassadors", "merge_referrals"]


@requires_transaction
def merge_referrals(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """Friends, visits and traits become the survivor's; so does who brought the absorbed one, where that may be.

    A referral of which nothing may come any more stays with the absorbed record, which is how it is known to be void:
    the one between the two, a second one of the same newcomer, one that would bring somebody before his referrer.
    Raises TwoAmbassadors. The caller holds both customers; rewards, reviews and accounts are locked here.
    """
    refuse_two_ambassadors(merge.survivor_id, merge.absorbed_id)
    run(LOCK_REWARDS, merge)
    void = _void(merge, now)
    came = moved(merge, "referrals_referral", "newcomer_id") if void is None else 0
    brought = moved(merge, "referrals_referral", "referrer_id")
    moved(merge, "referrals_reward", "payee_id")
    moved(merge, "referrals_visit", "referrer_id")
    moved(merge, "referrals_ambassador")
    _one_referrer(merge)
    run(EARLIEST_TRAIT, merge)
    moved_once(merge, "referrals_trait", "kind", "value")
    if void is None and not came and not brought:
        return None
    return {"part": "referrals", "brought": brought, "came": came, "void": void or ""}


def _void(merge: Merge, now: datetime) -> str | None:
    referral, why = void_because(merge.survivor_id, merge.absorbed_id)
    if referral is None:
        return None
    run(REJECT_UNPAID, merge, referral=referral.pk, now=now)
    if why == "himself":
        undo_referral(referral_id=referral.pk, accounts=[merge.survivor_id, merge.absorbed_id], now=now)
    _close_review(referral, merge, now)
    return why


def _close_review(referral: Referral, merge: Merge, now: datetime) -> None:
    """Nothing waits for the decision any more. A review is closed in somebody's name only."""
    if merge.merged_by_id is not None:
        Review.objects.filter(referral=referral, status=Review.Status.WAITING).update(
            status=Review.Status.REJECTED,
            decided_by=merge.merged_by_id,
            decided_at=now,
            decision_reason=merge.reason,
        )


def _one_referrer(merge: Merge) -> None:
    """Who is stopped under one of his names is stopped."""
    run(STOP_TOO, merge)
    run(DROP_SECOND, merge)
    moved(merge, "referrals_referrer")


LOCK_REWARDS = """
SELECT id FROM referrals_reward WHERE id IN (
    SELECT r.id FROM referrals_reward r WHERE r.payee_id = %(absorbed)s
    UNION ALL SELECT r.id FROM referrals_reward r JOIN referrals_referral f ON f.id = r.referral_id
              WHERE f.newcomer_id = %(absorbed)s OR f.referrer_id = %(absorbed)s)
ORDER BY id FOR NO KEY UPDATE
"""

REJECT_UNPAID = """
UPDATE referrals_reward SET status = 'rejected', closed_at = %(now)s
WHERE referral_id = %(referral)s AND status IN ('pending', 'held')
"""

STOP_TOO = """
UPDATE referrals_referrer own
SET stopped_at = gone.stopped_at, stopped_by_id = gone.stopped_by_id, stop_reason = gone.stop_reason
FROM referrals_referrer gone
WHERE own.customer_id = %(survivor)s AND gone.customer_id = %(absorbed)s
  AND own.stopped_at IS NULL AND gone.stopped_at IS NOT NULL
"""

DROP_SECOND = """
DELETE FROM referrals_referrer WHERE customer_id = %(absorbed)s
    AND EXISTS (SELECT FROM referrals_referrer WHERE customer_id = %(survivor)s)
"""

EARLIEST_TRAIT = """
UPDATE referrals_trait own SET seen_at = gone.seen_at FROM referrals_trait gone
WHERE own.customer_id = %(survivor)s AND gone.customer_id = %(absorbed)s
  AND own.kind = gone.kind AND own.value = gone.value AND gone.seen_at < own.seen_at
"""
