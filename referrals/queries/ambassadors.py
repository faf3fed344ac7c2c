"""How ambassadors do: visits, friends, and what was earned (R-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection


@dataclass(frozen=True)
class Earnings:
    """In points or in money, by `kind`: paid, still in the hold or under review, taken back of what was paid."""

    kind: str
    earned: Decimal
    waiting: Decimal
    taken_back: Decimal

    @property
    def kept(self) -> Decimal:
        return self.earned - self.taken_back


@dataclass(frozen=True)
class AmbassadorTotals:
    """`visits` counts a browser once a day; `registered` and `ordered` are friends."""

    visits: int = 0
    registered: int = 0
    ordered: int = 0
    earnings: tuple[Earnings, ...] = ()


def ambassador_totals(ambassador_ids: Iterable[int]) -> dict[int, AmbassadorTotals]:
    """By ambassador, for all that are asked for. Two queries, none for nobody."""
    ids = list(ambassador_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(EARNINGS, {"ambassadors": ids})
        earned: dict[int, tuple[Earnings, ...]] = {}
        for ambassador_id, *sums in cursor.fetchall():
            earned[ambassador_id] = (*earned.get(ambassador_id, ()), Earnings(*sums))
        cursor.execute(COUNTS, {"ambassadors": ids})
        return {
            key: AmbassadorTotals(visits, registered, ordered, earned.get(key, ()))
            for key, visits, registered, ordered in cursor.fetchall()
        }


COUNTS = """
SELECT a.id,
       (SELECT count(*) FROM referrals_visit v WHERE v.ambassador_id = a.id),
       (SELECT count(*) FROM referrals_referral f WHERE f.ambassador_id = a.id),
       (SELECT count(first_ordered_at) FROM referrals_referral f WHERE f.ambassador_id = a.id)
FROM unnest(%(ambassadors)s::bigint[]) AS a (id)
"""
EARNINGS = """
SELECT ambassador_id, kind,
       COALESCE(sum(amount) FILTER (WHERE status IN ('paid', 'taken_back')), 0),
       COALESCE(sum(amount) FILTER (WHERE status IN ('pending', 'held')), 0),
       COALESCE(sum(taken_back_amount), 0)
FROM referrals_reward WHERE ambassador_id = ANY(%(ambassadors)s) AND role = 'referrer'
GROUP BY ambassador_id, kind
ORDER BY ambassador_id, kind
"""
