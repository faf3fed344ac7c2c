"""Segments made by hand: a name and a list of customers (CU-8, the part that promo codes need)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Segment, SegmentMembership, SegmentMove, User
from customers.queries.members import RFM_PREFIX, living
from customers.rules import normalised_email
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.transactions import requires_transaction

MOST_DIGITS = 9
LONGEST_NAME, LONGEST_NOTE = 200, 500
WANTED_CODE = _("Enter a code of Latin letters, digits, hyphens; it does not begin with “rfm-”.")


@requires_transaction
def put_segment(
    *,
    code: str,
    name: str,
    note: str = "",
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    is_new: bool = False,
    by: User | None = None,
    now: datetime,
) -> Segment:
    """Makes or changes the segment. `added` and `removed` are e-mails or numbers of customers; that of a merged record
    names the one that stayed (CU-3).

    Raises InvalidInput naming those nobody has; then nothing changes.
    """
    errors = []
    if code.startswith(RFM_PREFIX):
        errors.append(FieldError("code", "invalid", WANTED_CODE))
    if not name.strip() or len(name) > LONGEST_NAME:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 200 characters.")))
    if len(note) > LONGEST_NOTE:
        errors.append(FieldError("note", "invalid", _("At most %(count)d characters.") % {"count": LONGEST_NOTE}))
    of_code = Segment.objects.filter(code=code)
    if (is_new and of_code.exists()) or of_code.exclude(kind=Segment.Kind.LIST).exists():
        errors.append(FieldError("code", "taken", _("There is a segment of this code already.")))
    joining, leaving = _customers("added", added, errors), _customers("removed", removed, errors)
    if errors:
        raise InvalidInput(*errors)
    Segment.objects.get_or_create(code=code, defaults={"name": name.strip(), "created_by": by, "created_at": now})
    # While the row is held nobody else moves the members of this list.
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).get(code=code)
    if (segment.name, segment.note) != (name.strip(), note.strip()):
        segment.name, segment.note = name.strip(), note.strip()
        segment.save(update_fields=["name", "note"])
    _move(segment, set(joining), set(leaving), now)
    return segment


def _move(segment: Segment, joining: set[int], leaving: set[int], now: datetime) -> None:
    """Moves are told, and rules that ask for this list look at these customers again."""
    touched = joining | leaving
    there = set(segment.memberships.filter(customer__in=touched).values_list("customer_id", flat=True))
    come, gone = sorted(joining - there - leaving), sorted(leaving & there)
    SegmentMembership.objects.bulk_create(
        [SegmentMembership(segment=segment, customer_id=pk, since=now) for pk in come]
    )
    segment.memberships.filter(customer__in=gone).delete()
    SegmentMove.objects.bulk_create(
        SegmentMove(segment=segment, customer_id=pk, entered=entered, happened_at=now)
        for pks, entered in ((gone, False), (come, True))
        for pk in pks
    )
    mark_stale(customer_ids=[*come, *gone], now=now)


def _customers(field: str, typed: Sequence[str], errors: list[FieldError]) -> list[int]:
    """Two queries at most, whatever the length of the list."""
    if not typed:
        return []
    emails = {_email(text): text for text in typed if "@" in text}
    numbers = {int(text): text for text in typed if _is_number(text)}
    odd = [text for text in typed if "@" not in text and not _is_number(text)]
    of_emails = {email: key for key, email in living().filter(email__in=emails).values_list("pk", "email")}
    of_numbers = {
        number: stayed or number
        for number, stayed in Customer.objects.filter(
            pk__in=numbers, erased_at=None, merged_into__erased_at=None
        ).values_list("pk", "merged_into_id")
    }
    unknown = [text for email, text in emails.items() if email not in of_emails]
    unknown += [text for number, text in numbers.items() if number not in of_numbers]
    if unknown or odd:
        detail = _("No such customers: %(names)s.") % {"names": ", ".join([*unknown, *odd][:10])}
        errors.append(FieldError(field, "unknown", detail))
    return [*of_emails.values(), *of_numbers.values()]


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _email(text: str) -> str:
    try:
        return normalised_email(text)
    except ValueError:
        return text
