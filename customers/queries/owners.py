"""Whose an address is, now and before."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress

from customers.models import Customer

EVENTS: Any = Customer.pgh_event_model  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Owned:
    """Contacts under which even what names no customer is his: orders as a guest, counts of uses, signs.

    `is_proven`: the shop has the phone from elsewhere. Into his account anybody may type the phone of another.
    """

    emails: Collection[str]
    phone: str
    is_proven: bool

    @property
    def proven_phone(self) -> str:
        return self.phone if self.is_proven else ""


def owned_contacts(customer: Customer) -> Owned:
    """Of a customer as he was before he was erased; of a merged record, what it was known by until then.

    Confirmed addresses of his account are his. Without an account he gave e-mail and phone to the shop itself. Somebody
    who registered with another person's address and never confirmed it must not have that one's orders forgotten.
    At most two queries.
    """
    user_id, email, phone = customer.user_id, customer.email, customer.phone
    if customer.merged_into_id is not None:
        before = _before_merge(customer.pk)
        email, phone = (before.email, before.phone) if before else (None, None)
        user_id = Customer.objects.values_list("user", flat=True).get(pk=customer.merged_into_id)
    addresses = dict(EmailAddress.objects.filter(user=user_id).values_list("email", "verified")) if user_id else {}
    known = {address.lower(): is_confirmed for address, is_confirmed in addresses.items()}
    emails = {address for address, is_confirmed in known.items() if is_confirmed}
    is_given = customer.user_id is None
    if email and known.get(email.lower(), is_given):
        emails.add(email.lower())
    return Owned(emails=sorted(emails), phone=str(phone or "") if is_given or emails else "", is_proven=is_given)


def is_address(contact: str) -> bool:
    """An e-mail or a phone: of one person only, wherever it stands. An id of the shop's may be any number."""
    return "@" in contact or contact.startswith("+")


def contacts_ever(customer: Customer) -> set[str]:
    """Every e-mail, phone and external id that he was ever known by, also those he gave up. Two queries at most."""
    fields = ("external_id", "email", "phone")
    history = EVENTS.objects.filter(pgh_obj=customer.pk).values_list(*fields).distinct()
    rows = [(customer.external_id, customer.email, customer.phone), *history]
    addresses = EmailAddress.objects.filter(user=customer.user_id).values_list("email", flat=True)
    of_account = set(addresses) if customer.user_id else set()
    return {str(contact) for row in rows for contact in row if contact} | of_account


def _before_merge(key: int) -> Any:
    """The row as it was when it was absorbed."""
    return EVENTS.objects.filter(pgh_obj=key, pgh_label="before", merged_into=None).order_by("-pgh_id").first()
