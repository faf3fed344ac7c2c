"""Judging referrals before they are paid (R-5)."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import connection

from customers.queries import programme
from loyalty_site.kernel.transactions import requires_transaction
from referrals.queries.matches import matches
from referrals.rules.score import Judgement, Thresholds, score

STATUS_OF = {"review": "waiting", "block": "blocked"}


@requires_transaction
def judge(*, referral_ids: Sequence[int], reward_ids: Sequence[int], now: datetime) -> None:
    """Score the referrals, open reviews of the suspicious, and hold or refuse the pending ones of `reward_ids`.

    The caller has locked those rewards; no other is touched. What staff have approved stays so until a reason of
    another kind appears, what they or the score have refused stays refused. A stopped referrer gets nothing. Three
    statements, one more when anything is suspicious.
    """
    if not referral_ids:
        return
    settings = programme()
    thresholds = Thresholds(settings.referral_review_score, settings.referral_block_score)
    found = matches(referral_ids, burst_count=settings.referral_burst_count, now=now)
    judged = {referral_id: score(facts, thresholds) for referral_id, facts in found.items()}
    _open_reviews({key: judgement for key, judgement in judged.items() if judgement.verdict != "clear"}, now)
    _decide(reward_ids, now)


@requires_transaction
def check_pending(*, now: datetime, limit: int) -> int:
    """Judge the next pending rewards that never were, so that staff see the suspicious long before they are due.

    Rewards held by others at this moment are left to the next call. Returns how many were judged.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_UNCHECKED, [limit])
        rows = cursor.fetchall()
    judge(
        referral_ids=sorted({referral for _id, referral in rows}), reward_ids=[key for key, _referral in rows], now=now
    )
    return len(rows)


def _open_reviews(judged: dict[int, Judgement], now: datetime) -> None:
    """In the order of the referrals, so that two who open the same ones wait for each other in one order."""
    if not judged:
        return
    rows = [
        {
            "referral": referral_id,
            "score": judgement.score,
            "status": STATUS_OF[judgement.verdict],
            "reasons": [asdict(reason) for reason in judgement.reasons],
        }
        for referral_id, judgement in sorted(judged.items())
    ]
    with connection.cursor() as cursor:
        cursor.execute(OPEN_REVIEWS, {"rows": json.dumps(rows), "now": now})


def _decide(reward_ids: Sequence[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, {"rewards": list(reward_ids), "now": now})


LOCK_UNCHECKED = """
SELECT id, referral_id FROM referrals_reward
WHERE status = 'pending' AND checked_at IS NULL
ORDER BY id LIMIT %s
FOR NO KEY UPDATE SKIP LOCKED
"""

# A review that waits or was refused by its score keeps up with what is found, but stays what it is: others of its
# rewards are held or refused already. An approved one is opened again by a reason of another kind only.
OPEN_REVIEWS = """
INSERT INTO referrals_review (referral_id, score, reasons, status, opened_at, decision_reason)
SELECT referral, score, reasons, status, %(now)s, ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS found (referral bigint, score int, reasons jsonb, status text)
ORDER BY referral
ON CONFLICT (referral_id) DO UPDATE SET
    score = excluded.score,
    reasons = excluded.reasons,
    status = CASE referrals_review.status WHEN 'blocked' THEN 'blocked' ELSE 'waiting' END,
    opened_at = CASE referrals_review.status WHEN 'approved' THEN excluded.opened_at
                ELSE referrals_review.opened_at END,
    decided_at = NULL, decided_by_id = NULL, decision_reason = ''
WHERE (referrals_review.status IN ('waiting', 'blocked') OR referrals_review.status = 'approved'
        AND NOT jsonb_path_query_array(referrals_review.reasons, '$[*].key')
                @> jsonb_path_query_array(excluded.reasons, '$[*].key'))
    AND (referrals_review.score, referrals_review.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)
"""

# Staff who decide at this moment are waited for: what they decide counts, and they will see what is held here.
# Nearly all were checked before and stay as they are: those are not written again.
DECIDE = """
WITH reviews AS MATERIALIZED (
    SELECT v.referral_id, v.status FROM referrals_review v
    WHERE v.referral_id IN (SELECT referral_id FROM referrals_reward WHERE id = ANY(%(rewards)s::bigint[]))
    ORDER BY v.referral_id FOR SHARE
)
UPDATE referrals_reward r SET
    checked_at = %(now)s,
    status = d.status,
    closed_at = CASE WHEN d.status = 'rejected' THEN %(now)s ELSE r.closed_at END
FROM (
    SELECT r.id, CASE WHEN v.status IN ('blocked', 'rejected') THEN 'rejected'
                      WHEN r.role = 'referrer' AND i.stopped_at IS NOT NULL THEN 'rejected'
                      WHEN v.status = 'waiting' THEN 'held' ELSE r.status END AS status
    FROM referrals_reward r
    JOIN referrals_referral f ON f.id = r.referral_id
    LEFT JOIN reviews v ON v.referral_id = r.referral_id
    LEFT JOIN referrals_referrer i ON i.customer_id = f.referrer_id
    WHERE r.id = ANY(%(rewards)s::bigint[]) AND r.status = 'pending'
) d
WHERE r.id = d.id AND (d.status <> r.status OR r.checked_at IS NULL)
"""
