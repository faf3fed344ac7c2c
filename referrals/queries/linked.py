"""The accounts that a newcomer has something in common with, for who decides about a referral (R-5)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from customers.models import Customer
from referrals.models import Referral

# Others than the two, those with most in common first.
MOST = 12


@dataclass(frozen=True)
class Account:
    """`shared`: the kinds of traits this customer has in common with the newcomer; `spent` is money for goods."""

    customer: Customer
    role: str
    shared: tuple[str, ...]
    orders: int
    spent: Decimal
    last_paid_at: datetime | None


def linked_accounts(referral: Referral) -> list[Account]:
    """The newcomer, the referrer, then others who share more than a network. Three queries."""
    shared = _shared(referral.newcomer_id)
    others = [
        key
        for key, kinds in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))
        if key != referral.referrer_id and set(kinds) != {"network"}
    ]
    keys = [key for key in (referral.newcomer_id, referral.referrer_id) if key is not None] + others[:MOST]
    customers, figures = Customer.objects.in_bulk(keys), _figures(keys)
    roles = {referral.newcomer_id: "newcomer", referral.referrer_id: "referrer"}
    nothing = (0, Decimal(0), None)
    return [
        Account(customers[key], roles.get(key, "other"), shared.get(key, ()), *figures.get(key, nothing))
        for key in keys
    ]


def _shared(newcomer_id: int) -> dict[int, tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SHARED, {"newcomer": newcomer_id})
        rows = cursor.fetchall()
    found: dict[int, list[str]] = defaultdict(list)
    for key, kind in rows:
        found[key].append(kind)
    return {key: tuple(kinds) for key, kinds in found.items()}


def _figures(keys: list[int]) -> dict[int, tuple[int, Decimal, datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [keys])
        return {key: (orders, spent, last) for key, orders, spent, last in cursor.fetchall()}


# Of each thing the first hundred holders: more are strangers in one office.
SHARED = """
SELECT DISTINCT other.customer_id, own.kind FROM referrals_trait own
CROSS JOIN LATERAL (
    SELECT t.customer_id FROM referrals_trait t
    WHERE t.kind = own.kind AND t.value = own.value AND t.customer_id <> own.customer_id
    ORDER BY t.customer_id DESC LIMIT 100
) other
WHERE own.customer_id = %(newcomer)s
UNION
SELECT t.customer_id, t.kind FROM referrals_referral f
JOIN referrals_trait own ON own.customer_id = f.newcomer_id
JOIN referrals_trait t ON t.kind = own.kind AND t.value = own.value AND t.customer_id = f.referrer_id
WHERE f.newcomer_id = %(newcomer)s
ORDER BY 1, 2
"""
FIGURES = """
SELECT customer_id, count(*) FILTER (WHERE refunded_amount < goods_amount), sum(goods_amount - refunded_amount),
       max(paid_at)
FROM customers_purchase WHERE customer_id = ANY(%s::bigint[]) GROUP BY customer_id
"""
