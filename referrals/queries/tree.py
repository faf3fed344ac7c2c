"""Who brought whom before and after: the chain up from a customer and the tree down (R-5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.models import Customer
from referrals.models import Referral

# A chain is as long as the shop is old; a tree is as wide as its abusers are busy.
MOST_UP, MOST_DOWN, LEVELS = 20, 200, 2


@dataclass(frozen=True)
class Branch:
    """`referral` brought `customer`, who brought `branches` in turn."""

    customer: Customer
    referral: Referral
    branches: tuple["Branch", ...]


def chain_up(customer_id: int) -> list[Referral]:
    """How the customer came: his own referral first, then that of who brought him, and so on. Two queries."""
    keys = _keys(UP, {"customer": customer_id, "most": MOST_UP})
    rows = Referral.objects.select_related("newcomer", "referrer", "ambassador").in_bulk(keys)
    return [rows[key] for key in keys]


def tree_down(customer_id: int, *, levels: int = LEVELS) -> tuple[Branch, ...]:
    """Whom the customer brought and whom those brought, the newest first; at most 200 in all. Two queries."""
    keys = _keys(DOWN, {"customer": customer_id, "levels": levels, "most": MOST_DOWN})
    rows = Referral.objects.select_related("newcomer").in_bulk(keys)
    brought: dict[int, list[Referral]] = {}
    for key in keys:
        brought.setdefault(rows[key].referrer_id or 0, []).append(rows[key])
    return _branches(customer_id, brought)


def _branches(customer_id: int, brought: Mapping[int, list[Referral]]) -> tuple[Branch, ...]:
    return tuple(
        Branch(referral.newcomer, referral, _branches(referral.newcomer_id, brought))
        for referral in brought.get(customer_id, ())
    )


def _keys(sql: str, asked: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [key for (key,) in cursor.fetchall()]


# Keys only grow down a chain, so neither can go round in a circle.
UP = """
WITH RECURSIVE chain AS (
    SELECT id, referrer_id, 1 AS step FROM referrals_referral WHERE newcomer_id = %(customer)s
    UNION ALL
    SELECT f.id, f.referrer_id, chain.step + 1
    FROM chain JOIN referrals_referral f ON f.newcomer_id = chain.referrer_id WHERE chain.step < %(most)s
)
SELECT id FROM chain ORDER BY step
"""
DOWN = """
WITH RECURSIVE tree AS (
    SELECT id, newcomer_id, registered_at, 1 AS step FROM referrals_referral WHERE referrer_id = %(customer)s
    UNION ALL
    SELECT f.id, f.newcomer_id, f.registered_at, tree.step + 1
    FROM tree JOIN referrals_referral f ON f.referrer_id = tree.newcomer_id WHERE tree.step < %(levels)s
)
SELECT id FROM tree ORDER BY step, registered_at DESC, id DESC LIMIT %(most)s
"""
