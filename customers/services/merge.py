"""Two records of one person become one (CU-3, ADR 11)."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pghistory
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Merge, User
from customers.services.errors import NoSuchCustomer
from customers.services.merge_accounts import merge_sign_in
from customers.services.merge_own import merge_own_rows
from loyalty_site.kernel.errors import Conflict, invalid
from loyalty_site.kernel.transactions import ChangedMeanwhile, requires_transaction

# What of a person is kept of the one or the other. Name stands for both of its parts.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "name": ("first_name", "last_name"),
    "birthday": ("birthday",),
    "manager": ("manager_id",),
}
LONGEST_REASON = 200


class SameCustomer(Conflict):
    code = "same_customer"
    message = _("This is one and the same customer.")


class CustomerErased(Conflict):
    code = "customer_erased"
    message = _("One of the two has been forgotten: nothing is known that could be merged.")


@requires_transaction
def merge_customers(
    *, first_id: int, second_id: int, kept: Mapping[str, int], reason: str, by: User | None, now: datetime
) -> Merge:
    """All that the newer record has becomes the older one's; the newer leads to it from now on.

    `kept` names whose value stays, by field (`FIELDS`); what it does not name stays the older one's, or is filled in.
    The same pair again, in either order, gives the same Merge. Raises SameCustomer, NoSuchCustomer, CustomerErased,
    InvalidInput (`reason`, `kept`) and what an app refuses (`TwoAmbassadors`).
    """
    if first_id == second_id:
        raise SameCustomer
    done, survivor, absorbed = _locked_pair(first_id, second_id)
    if done is not None:
        return done
    if survivor.erased_at or absorbed.erased_at:
        raise CustomerErased
    chosen = _chosen(kept, survivor, absorbed)
    with pghistory.context(action="merge", **({"user": by.pk} if by else {})):
        merge = Merge.objects.create(
            survivor=survivor,
            absorbed=absorbed,
            reason=_cleaned(reason),
            kept={field: customer.pk for field, customer in chosen.items()},
            merged_by=by,
            merged_at=now,
        )
        contacts = survivor.email, survivor.phone
        merge.steps = _carried_out(merge, now)
        _one_record(survivor, absorbed, chosen)
        merge.save(update_fields=["steps"])
        _tell(survivor, contacts, now)
    return merge


def _locked_pair(first_id: int, second_id: int) -> tuple[Merge | None, Customer, Customer]:
    """Both records held, the older first; with the Merge where the two are one already.

    Who was merged meanwhile is not held: it would be locked out of order by whoever follows it to the survivor.
    """
    keys = sorted({_root(first_id), _root(second_id)})
    found: list[Customer] = []
    for key in keys:
        found += Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=key)
        if {_root(other) for other in keys} != set(keys):
            raise ChangedMeanwhile
    if len(found) == 1:
        merge = Merge.objects.filter(absorbed__in=[first_id, second_id]).order_by("-absorbed").first()
        return merge, found[0], found[0]
    return None, found[0], found[1]


def _root(key: int) -> int:
    """The record that stays. Raises NoSuchCustomer."""
    found = Customer.objects.filter(pk=key).values_list("merged_into", flat=True)[:1]
    if not found:
        raise NoSuchCustomer
    return found[0] or key


def _chosen(kept: Mapping[str, int], survivor: Customer, absorbed: Customer) -> dict[str, Customer]:
    """Whose value of each field stays."""
    by_key = {survivor.pk: survivor, absorbed.pk: absorbed}
    for field, key in kept.items():
        if field not in FIELDS or key not in by_key:
            raise invalid("kept", _("Choose for each detail whose it is that stays."))
    return {field: by_key.get(kept.get(field, 0)) or default_of(field, survivor, absorbed) for field in FIELDS}


def default_of(field: str, survivor: Customer, absorbed: Customer) -> Customer:
    """The older record's value stays where it has one."""
    has_none = not any(getattr(survivor, name) for name in FIELDS[field])
    return absorbed if has_none and any(getattr(absorbed, name) for name in FIELDS[field]) else survivor


def _carried_out(merge: Merge, now: datetime) -> list[dict[str, Any]]:
    """Purchases first: tiers look at them."""
    own = merge_own_rows(merge=merge, now=now)
    others = [import_string(path)(merge=merge, now=now) for path in settings.CUSTOMERS_MERGE_STEPS]
    return own + [step for step in others if step]


def _one_record(survivor: Customer, absorbed: Customer, chosen: Mapping[str, Customer]) -> None:
    """The absorbed record keeps what leads to the survivor: its number, its public id, its external id.

    Its e-mail, phone and account are unique, so they go before they come. These are keys: the rows are locked for
    everybody only here, after all that somebody else may hold.
    """
    values = {name: getattr(chosen[field], name) for field, names in FIELDS.items() for name in names}
    user = merge_sign_in(survivor=survivor, absorbed=absorbed)
    Customer.objects.filter(merged_into=absorbed).update(merged_into=survivor)
    absorbed.email = absorbed.phone = absorbed.user = None
    absorbed.merged_into = survivor
    absorbed.save(update_fields=["email", "phone", "user", "merged_into"])
    for name, value in values.items():
        setattr(survivor, name, value)
    survivor.user = user
    survivor.save(update_fields=[*values, "user"])


def _tell(survivor: Customer, contacts: tuple[Any, Any], now: datetime) -> None:
    if settings.CUSTOMERS_CHANGED and contacts != (survivor.email, survivor.phone):
        import_string(settings.CUSTOMERS_CHANGED)(customer=survivor, now=now)


def _cleaned(reason: str) -> str:
    text = unicodedata.normalize("NFC", reason).strip()
    if not text:
        raise invalid("reason", _("Give the reason: it stays in the history."), "required")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise invalid("reason", _("This text holds characters that cannot be stored."))
    if len(text) > LONGEST_REASON:
        raise invalid("reason", _("At most %(count)d characters.") % {"count": LONGEST_REASON})
    return text
