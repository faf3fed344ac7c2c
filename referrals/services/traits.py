"""Noting what customers and guests were seen with (R-5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from customers.models import Customer
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Trait
from referrals.rules.traits import hashed

NOTE = """
    INSERT INTO referrals_trait (customer_id, kind, value, seen_at)
    SELECT customer, kind, value, %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS seen (customer, kind, value)
    ON CONFLICT DO NOTHING
"""
# Customers past `after` with a mailbox or a phone that no trait stands for, in the order of their keys.
WITHOUT_CONTACTS = """
    SELECT customer.id, COALESCE(customer.email, ''), COALESCE(customer.phone, '')
    FROM customers_customer customer
    WHERE customer.id > %s AND (
        customer.email IS NOT NULL AND NOT EXISTS (
            SELECT FROM referrals_trait trait WHERE trait.customer_id = customer.id AND trait.kind = 'email')
        OR customer.phone IS NOT NULL AND NOT EXISTS (
            SELECT FROM referrals_trait trait WHERE trait.customer_id = customer.id AND trait.kind = 'phone'))
    ORDER BY customer.id LIMIT %s
"""


@dataclass(frozen=True)
class Noted:
    """`last_id` is where the next chunk goes on; None when this was the last."""

    count: int
    last_id: int | None


def hashed_traits(traits: Mapping[str, str]) -> list[tuple[str, str]]:
    """`(kind, hash)` of raw traits, without those that say nothing about a person."""
    region = settings.PHONENUMBER_DEFAULT_REGION
    found = ((kind, hashed(kind, raw or "", settings.HOLDER_SECRET, region)) for kind, raw in traits.items())
    return sorted((str(kind), value) for kind, value in found if value)


@requires_transaction
def note_traits(*, customer_id: int | None, traits: Mapping[str, str], now: datetime) -> None:
    """Keeps what this customer was seen with, by kind and as it came; None: a guest. One statement or none.

    What is known already stays as it was first seen.
    """
    _insert([(customer_id, kind, value) for kind, value in hashed_traits(traits)], now)


@requires_transaction
def note_contacts(*, customer: Customer, now: datetime) -> None:
    """The port CUSTOMERS_CHANGED: the mailbox and phone a customer has now. Those he had are remembered."""
    note_traits(customer_id=customer.pk, traits=contacts_of(customer), now=now)


def contacts_of(customer: Customer) -> dict[str, str]:
    return _contacts(customer.email, customer.phone)


@requires_transaction
def note_missing_contacts(*, now: datetime, after: int = 0, limit: int) -> Noted:
    """Mailboxes and phones of customers who came past the front door, as imports do. Two statements for `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_CONTACTS, [after, limit])
        rows = cursor.fetchall()
    seen = [
        (customer_id, kind, value)
        for customer_id, email, phone in rows
        for kind, value in hashed_traits(_contacts(email, phone))
    ]
    _insert(seen, now)
    return Noted(len(rows), rows[-1][0] if len(rows) == limit else None)


def _contacts(email: object, phone: object) -> dict[str, str]:
    return {Trait.Kind.EMAIL: str(email or ""), Trait.Kind.PHONE: str(phone or "")}


def _insert(seen: Iterable[tuple[int | None, str, str]], now: datetime) -> None:
    """Sorted, so that two who note the same things at once wait for one another in one order."""
    rows = sorted(seen, key=lambda row: (row[0] or 0, *row[1:]))
    if not rows:
        return
    customers, kinds, values = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [now, customers, kinds, values])
