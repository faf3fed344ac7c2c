"""Tags: the words that customers are marked with (CU-8, CU-10)."""

import unicodedata
from datetime import datetime

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerTag, Tag, User
from customers.services.errors import NoSuchCustomer
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import Conflict, NotFound, invalid
from loyalty_site.kernel.transactions import requires_transaction

LONGEST = 60
LONGEST_CODE = 40


class NoSuchTag(NotFound):
    message = _("There is no such tag.")


class TagTaken(Conflict):
    code = "tag_taken"
    message = _("There is already a tag of this name.")


@requires_transaction
def put_tag(*, tag_id: int | None, name: str) -> Tag:
    """A new tag, or another name for one: its code, which conditions of segments ask by, stays.

    Raises InvalidInput or TagTaken on `name`, NoSuchTag.
    """
    cleaned = _cleaned(name)
    if Tag.objects.filter(name__iexact=cleaned).exclude(pk=tag_id or 0).exists():
        raise TagTaken(field="name")
    if tag_id is None:
        return Tag.objects.create(code=_free_code(cleaned), name=cleaned)
    tag = Tag.objects.select_for_update(no_key=True).filter(pk=tag_id).first()
    if tag is None:
        raise NoSuchTag
    if tag.name != cleaned:
        tag.name = cleaned
        tag.save(update_fields=["name"])
    return tag


@requires_transaction
def tag_customer(*, customer_id: int, tag_id: int, by: User | None, now: datetime) -> bool:
    """True when the tag was not there before. Raises NoSuchCustomer (forgotten and merged too), NoSuchTag."""
    _lock(customer_id)
    if not Tag.objects.filter(pk=tag_id).exists():
        raise NoSuchTag
    _row, is_new = CustomerTag.objects.get_or_create(
        customer_id=customer_id, tag_id=tag_id, defaults={"added_by": by, "added_at": now}
    )
    if is_new:
        mark_stale(customer_ids=[customer_id], now=now)
    return is_new


@requires_transaction
def untag_customer(*, customer_id: int, tag_id: int, now: datetime) -> bool:
    """True when the tag was on the customer. Raises NoSuchCustomer."""
    _lock(customer_id)
    gone, _each = CustomerTag.objects.filter(customer=customer_id, tag=tag_id).delete()
    if gone:
        mark_stale(customer_ids=[customer_id], now=now)
    return bool(gone)


def _lock(customer_id: int) -> None:
    living = Customer.objects.filter(pk=customer_id, merged_into=None, erased_at=None)
    if not living.select_for_update(of=("self",), no_key=True).exists():
        raise NoSuchCustomer


def _free_code(name: str) -> str:
    """The name as a code, with a number where another tag has it already."""
    base = slugify(name, allow_unicode=True)[:LONGEST_CODE] or "tag"
    taken = set(Tag.objects.filter(code__startswith=base[: LONGEST_CODE - 4]).values_list("code", flat=True))
    number, code = 1, base
    while code in taken:
        number += 1
        code = f"{base[: LONGEST_CODE - 4]}-{number}"
    return code


def _cleaned(name: str) -> str:
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    is_seen = any(unicodedata.category(character)[0] in "LNPS" for character in kept)
    if not is_seen or len(kept) > LONGEST:
        raise invalid("name", _("Enter a name of at most %(count)d characters.") % {"count": LONGEST})
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in kept):
        raise invalid("name", _("This text holds characters that cannot be stored."))
    return kept
