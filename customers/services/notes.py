"""Notes of staff on a customer: written, kept on top, struck out, never edited (CU-10)."""

import unicodedata
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerNote, User
from customers.services.errors import NoSuchCustomer
from loyalty_site.kernel.errors import NotFound, invalid
from loyalty_site.kernel.transactions import requires_transaction

LONGEST = 2000


class NoSuchNote(NotFound):
    message = _("There is no such note.")


@requires_transaction
def write_note(*, customer_id: int, text: str, is_pinned: bool = False, by: User | None, now: datetime) -> CustomerNote:
    """A note of at most 2,000 characters. Raises InvalidInput on `text`, NoSuchCustomer.

    Nothing is put down any more of who was forgotten (CU-4): he is NoSuchCustomer.
    """
    cleaned = _cleaned(text)
    # A record that is being merged or forgotten is waited for.
    found = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer_id, erased_at=None).first()
    if found is None:
        raise NoSuchCustomer
    return CustomerNote.objects.create(
        customer_id=found.merged_into_id or found.pk, text=cleaned, is_pinned=is_pinned, author=by, written_at=now
    )


@requires_transaction
def strike_note(*, note_id: int, by: User | None, now: datetime) -> CustomerNote:
    """Struck out, still to be read, no longer on top; who struck it first is remembered. Raises NoSuchNote."""
    note = _locked(note_id)
    if note.struck_at is None:
        note.struck_at, note.struck_by, note.is_pinned = now, by, False
        note.save(update_fields=["struck_at", "struck_by", "is_pinned"])
    return note


@requires_transaction
def pin_note(*, note_id: int, is_pinned: bool) -> CustomerNote:
    """Kept on top of the customer's page, or no longer; a note struck out never is. Raises NoSuchNote."""
    note = _locked(note_id)
    wanted = is_pinned and note.struck_at is None
    if note.is_pinned != wanted:
        note.is_pinned = wanted
        note.save(update_fields=["is_pinned"])
    return note


def _locked(note_id: int) -> CustomerNote:
    note = CustomerNote.objects.select_for_update(of=("self",), no_key=True).filter(pk=note_id).first()
    if note is None:
        raise NoSuchNote
    return note


def _cleaned(text: str) -> str:
    kept = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if not kept:
        raise invalid("text", _("Write the note."))
    if len(kept) > LONGEST:
        raise invalid("text", _("At most %(count)d characters.") % {"count": LONGEST})
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in kept):
        raise invalid("text", _("This text holds characters that cannot be stored."))
    return kept
