"""Forgetting a customer: asked for, called off within the term, carried out (CU-4, ADR 15)."""

import copy
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from customers.erased_list import keep_list
from customers.models import Customer, ErasedCustomer, ErasureRequest, User
from customers.queries.programme import programme
from customers.services.errors import AlreadyErased, ErasureNotOpen, NoSuchCustomer
from customers.services.forget import NOBODY
from loyalty_site.kernel.transactions import ChangedMeanwhile, requires_transaction


@requires_transaction
def request_erasure(
    *, customer_id: int, source: str, by: User | None, now: datetime, reason: str = "", at_once: bool = False
) -> ErasureRequest:
    """It will happen `Programme.erasure_days` from now; asked again, the request that is open.

    Of a merged customer it is asked for the one that stayed. `at_once` brings an open request forward, too.
    Raises NoSuchCustomer, AlreadyErased.
    """
    person = _person(customer_id)
    days = 0 if at_once else programme().erasure_days
    due_at = now + timedelta(days=days)
    known = ErasureRequest.objects.filter(customer=person, cancelled_at=None, done_at=None).first()
    if known is not None:
        if due_at < known.due_at:
            known.due_at = due_at
            known.save(update_fields=["due_at"])
        return known
    return ErasureRequest.objects.create(
        customer=person, source=source, asked_by=by, asked_at=now, due_at=due_at, reason=reason[:200]
    )


@requires_transaction
def cancel_erasure(*, customer_id: int, by: User | None, now: datetime) -> ErasureRequest:
    """Called off; `by` None: by the customer himself. Raises NoSuchCustomer, ErasureNotOpen, AlreadyErased."""
    person = _person(customer_id)
    known = ErasureRequest.objects.filter(customer=person, cancelled_at=None, done_at=None).first()
    if known is None:
        raise ErasureNotOpen
    known.cancelled_at, known.cancelled_by = now, by
    known.save(update_fields=["cancelled_at", "cancelled_by"])
    return known


@requires_transaction
def erase_at_once(*, customer_id: int, source: str, by: User | None, reason: str, now: datetime) -> ErasedCustomer:
    """The request and what it asks for in one. Raises as the two do."""
    request = request_erasure(customer_id=customer_id, source=source, by=by, now=now, reason=reason, at_once=True)
    return erase_customer(customer_id=request.customer_id, now=now)


@requires_transaction
def erase_customer(*, customer_id: int, now: datetime) -> ErasedCustomer:
    """Whatever says who he was goes, from his record and from those that were merged into it; ids and sums stay.

    Every app forgets its part (port CUSTOMERS_ERASE_STEPS); unpaid orders are cancelled, points left are withdrawn.
    His id joins the list outside of the database. Erased before: what was noted then, without another look.
    Raises NoSuchCustomer.
    """
    root = _root(customer_id)
    # The survivor is the lower key, so this is the order in which merging locks them, too.
    records = list(_records(root).select_for_update(of=("self",), no_key=True).order_by("pk"))
    _refuse_merged_meanwhile(records[0])
    # The one that stayed last: by his account it is known which addresses of the others are his.
    for record in reversed(records):
        if record.erased_at is None:
            _erase(record, now)
    ErasureRequest.objects.filter(customer__in=records, cancelled_at=None, done_at=None).update(done_at=now)
    transaction.on_commit(keep_list)
    return ErasedCustomer.objects.get(customer_key=root)


def _erase(record: Customer, now: datetime) -> None:
    """`record` is handed to the steps as it was; the row is empty by then, which the database's triggers ask for."""
    emptied = copy.copy(record)
    for field, blank in {**NOBODY, "user": None, "manager": None}.items():
        setattr(emptied, field, blank)
    emptied.erased_at = now
    emptied.save()
    for step in settings.CUSTOMERS_ERASE_STEPS:
        import_string(step)(customer=record, now=now)
    ErasedCustomer.objects.get_or_create(
        customer_key=record.pk, defaults={"public_id": record.public_id, "erased_at": now}
    )


def _person(customer_id: int) -> Customer:
    """The one that stayed, held until the transaction ends. Raises NoSuchCustomer, AlreadyErased."""
    person = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=_root(customer_id))
    _refuse_merged_meanwhile(person)
    if person.erased_at is not None:
        raise AlreadyErased
    return person


def _refuse_merged_meanwhile(root: Customer) -> None:
    """While it was waited for it was merged into another: what was to be forgotten is that one's now."""
    if root.merged_into_id is not None:
        raise ChangedMeanwhile


def _root(customer_id: int) -> int:
    row = Customer.objects.filter(pk=customer_id).values_list("pk", "merged_into").first()
    if row is None:
        raise NoSuchCustomer
    key, into = row
    return _root(into) if into is not None else int(key)


def _records(root: int) -> QuerySet[Customer]:
    """The record and all that were merged into it; `merged_into` is always the one that stays."""
    return Customer.objects.filter(Q(pk=root) | Q(merged_into=root))
