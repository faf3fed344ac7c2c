"""Registering and changing a customer (CU-1)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from customers.rules import BY_NOBODY, Brought
from customers.services.consents import set_consents
from customers.services.details import cleaned, refuse_taken, saved
from customers.services.errors import AlreadyErased, NoSuchCustomer
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def register_customer(
    *,
    email: str | None = None,
    phone: str | None = None,
    first_name: str = "",
    last_name: str = "",
    birthday: date | None = None,
    consents: Collection[str] = (),
    external_id: str | None = None,
    now: datetime,
    source: str,
    user: User | None = None,
    brought: Brought = BY_NOBODY,
) -> Customer:
    """A new customer; e-mail and phone in any spelling, at least one way to know them again.

    `source` says where the consents were given, `brought` by whose code he comes (R-2). Raises InvalidInput by field
    (`referral_code` for a code that is nobody's), EmailTaken, PhoneTaken, ExternalIdTaken.
    """
    details = cleaned(
        {
            "email": email,
            "phone": phone,
            "first_name": first_name,
            "last_name": last_name,
            "birthday": birthday,
            "external_id": external_id,
        },
        now=now,
    )
    _refuse_unreachable(details)
    refuse_taken(details)
    customer = saved(Customer(**details, registered_at=now, user=user))
    set_consents(customer=customer, purposes=consents, now=now, source=source)
    mark_stale(customer_ids=[customer.pk], now=now)
    if settings.CUSTOMERS_REGISTERED:
        import_string(settings.CUSTOMERS_REGISTERED)(customer=customer, brought=brought, now=now)
    return customer


@requires_transaction
def update_customer(
    *,
    customer_id: int,
    changes: Mapping[str, Any],
    now: datetime,
    source: str,
    consents: Collection[str] | None = None,
) -> Customer:
    """Changes only the fields in `changes`; `consents`, when given, become exactly the live ones.

    Raises like `register_customer`, and NoSuchCustomer, AlreadyErased.
    """
    customer = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer_id).first()
    if customer is None:
        raise NoSuchCustomer
    if customer.merged_into_id is not None:
        customer = _who_stayed(customer.merged_into_id)
    if customer.erased_at is not None:
        raise AlreadyErased
    details = cleaned(changes, now=now)
    contacts = customer.email, customer.phone
    for field, value in details.items():
        setattr(customer, field, value)
    _refuse_unreachable({name: getattr(customer, name) for name in ("email", "phone", "external_id")})
    refuse_taken(details, but=customer.pk)
    saved(customer)
    if settings.CUSTOMERS_CHANGED and contacts != (customer.email, customer.phone):
        import_string(settings.CUSTOMERS_CHANGED)(customer=customer, now=now)
    if consents is not None:
        set_consents(customer=customer, purposes=consents, now=now, source=source)
    mark_stale(customer_ids=[customer.pk], now=now)
    return customer


def _who_stayed(key: int) -> Customer:
    """Held instead of a record that was merged while it was waited for (CU-3)."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=key)


def _refuse_unreachable(details: Mapping[str, Any]) -> None:
    if not (details["email"] or details["phone"] or details["external_id"]):
        raise invalid("email", _("Give an e-mail, a phone or an external id."), "required")
