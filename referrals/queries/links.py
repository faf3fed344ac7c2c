"""A customer's link, and whose a code is (R-1)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models.functions import Coalesce
from django.urls import reverse

from customers.models import Customer
from promocodes.rules import readings
from referrals.models import Ambassador, LinkKey, Referrer
from referrals.models.link import new_key
from referrals.rules.codes import code_of, customer_of
from referrals.rules.names import shown_name


@dataclass(frozen=True)
class Link:
    """`url` is absolute; add `?via=telegram` and the like to tell where it was shared."""

    code: str
    url: str


@dataclass(frozen=True)
class Inviter:
    """Whose code it is: a customer, an ambassador, or both. `customer_id` is None for a partner without an account.

    `name` is the first name of a customer who agreed to show it, or a partner's name; empty otherwise.
    """

    code: str
    customer_id: int | None
    ambassador: Ambassador | None
    name: str
    stopped_at: datetime | None


def link_of(customer_id: int) -> Link:
    """The customer's own link, an ambassador's by his own code. Two queries."""
    own = Ambassador.objects.filter(customer=customer_id, is_active=True).values_list("code", flat=True).first()
    return link_to(own or code_of(customer_id, key=link_key()))


def own_invitation(customer: Customer) -> tuple[Link, Inviter]:
    """The customer's link, and he as whoever opens it finds him. Three queries, two for an ambassador."""
    ambassador = Ambassador.objects.filter(customer=customer, is_active=True).first()
    code = ambassador.code if ambassador else code_of(customer.pk, key=link_key())
    return link_to(code), replace(_of_customer(customer, code), ambassador=ambassador)


def link_to(code: str) -> Link:
    return Link(code, settings.PUBLIC_URL.rstrip("/") + reverse("referrals:landing", args=[code]))


def inviter(typed: str) -> Inviter | None:
    """Whom a code belongs to, in any spelling; None for nobody and for an ambassador who is one no more.

    A link of a record that was merged leads to the customer who stayed (CU-3).

    At most four queries.
    """
    spellings = readings(typed)
    ambassador = Ambassador.objects.filter(code__in=spellings).first() if spellings else None
    if ambassador is not None:
        return _of_ambassador(ambassador) if ambassador.is_active else None
    key = link_key()
    keys = [found for found in (customer_of(code, key=key) for code in spellings) if found is not None]
    stayed = Customer.objects.filter(pk__in=keys).values_list(Coalesce("merged_into_id", "pk"))
    customer = Customer.objects.filter(pk__in=stayed).only("first_name").first() if keys else None
    return _of_customer(customer, code_of(customer.pk, key=key)) if customer else None


def link_key() -> bytes:
    """The shop's secret of links, made when it is first asked for. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM referrals_linkkey")
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO referrals_linkkey (id, key) VALUES (1, %s) ON CONFLICT (id) DO NOTHING", [new_key()]
            )
            row = (LinkKey.objects.values_list("key", flat=True).get(),)
    return bytes(row[0])


def _of_ambassador(ambassador: Ambassador) -> Inviter:
    if ambassador.customer_id is None:
        return Inviter(ambassador.code, None, ambassador, ambassador.name, None)
    customer = Customer.objects.only("first_name").get(pk=ambassador.customer_id)
    found = _of_customer(customer, ambassador.code)
    return Inviter(ambassador.code, customer.pk, ambassador, found.name, found.stopped_at)


def _of_customer(customer: Customer, code: str) -> Inviter:
    row = Referrer.objects.filter(pk=customer.pk).first()
    name = shown_name(customer.first_name) if row is not None and row.shows_name else ""
    return Inviter(code, customer.pk, None, name, row.stopped_at if row else None)
