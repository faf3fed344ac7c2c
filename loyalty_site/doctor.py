"""The doctor: every invariant of every app, each one SQL query that must find no row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

import customers.queries.invariants
import customers.queries.rfm_invariants
import loyalty_site.erasure_invariants
import loyalty_site.invariants
import loyalty_site.merge_invariants
import notifications.queries.invariants
import orders.queries.invariants
import orders.queries.points_invariants
import orders.queries.referral_invariants
import points.queries.invariants
import promocodes.queries.invariants
import referrals.queries.invariants
import tiers.queries.invariants
from loyalty_site.kernel.invariants import Invariant

SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """Offenders of one invariant: the first rows as column → text, and how many there are in all."""

    invariant: Invariant
    offenders: tuple[dict[str, str], ...]
    count: int

    def document(self) -> dict[str, Any]:
        return {"count": self.count, "offenders": list(self.offenders)}


def invariants() -> tuple[Invariant, ...]:
    return (
        *promocodes.queries.invariants.INVARIANTS,
        *orders.queries.invariants.INVARIANTS,
        *orders.queries.points_invariants.INVARIANTS,
        *orders.queries.referral_invariants.INVARIANTS,
        *referrals.queries.invariants.INVARIANTS,
        *points.queries.invariants.INVARIANTS,
        *tiers.queries.invariants.INVARIANTS,
        *customers.queries.rfm_invariants.INVARIANTS,
        *notifications.queries.invariants.INVARIANTS,
        *customers.queries.invariants.INVARIANTS,
        *loyalty_site.erasure_invariants.INVARIANTS,
        *loyalty_site.invariants.INVARIANTS,
        *loyalty_site.merge_invariants.INVARIANTS,
    )


def examined(chosen: Sequence[Invariant]) -> Iterable[tuple[Invariant, Finding | None]]:
    """Each invariant with what was found, None when it holds. One query each."""
    for invariant in chosen:
        yield invariant, _finding(invariant)


def _finding(invariant: Invariant) -> Finding | None:
    with connection.cursor() as cursor:
        cursor.execute(invariant.sql)
        rows = cursor.fetchmany(SHOWN)
        if not rows:
            return None
        count = cursor.rowcount
        names = [column.name for column in cursor.description]
    shown = tuple(dict(zip(names, map(str, row), strict=True)) for row in rows)
    return Finding(invariant, shown, count)
