"""Segments made by hand: a name and a list of customers (CU-8, the part that promo codes need)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Segment, SegmentMembership, SegmentMove
from customers.rules import normalised_email
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def put_segment(
    *,
    code: str,
    name: str,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    is_new: bool = False,
    now: datetime,
) -> Segment:
    """Makes or changes the segment. `added` and `removed` are e-mails or numbers of customers.

    Raises InvalidInput naming those nobody has; then nothing changes.
    """
    errors = []
    if not name.strip() or len(name) > 200:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 200 characters.")))
    of_code = Segment.objects.filter(code=code)
    if (is_new and of_code.exists()) or of_code.exclude(kind=Segment.Kind.LIST).exists():
        errors.append(FieldError("code", "taken", _("There is a segment of this code already.")))
    joining, leaving = _customers("added", added, errors), _customers("removed", removed, errors)
    if errors:
        raise InvalidInput(*errors)
    segment, _made = Segment.objects.update_or_create(code=code, defaults={"name": name.strip()})
    # The row is held now: nobody else moves the members of this list.
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
    emails = {_email(text): text for text in typed if "@" in text}
    numbers = {int(text): text for text in typed if text.isdigit() and len(text) < 10}
    odd = [text for text in typed if "@" not in text and text not in numbers.values()]
    if not typed:
        return []
    found = dict(Customer.objects.filter(Q(email__in=emails) | Q(pk__in=numbers)).values_list("pk", "email"))
    known_emails = set(found.values())
    unknown = [text for email, text in emails.items() if email not in known_emails]
    unknown += [text for number, text in numbers.items() if number not in found]
    if unknown or odd:
        detail = _("No such customers: %(names)s.") % {"names": ", ".join([*unknown, *odd][:10])}
        errors.append(FieldError(field, "unknown", detail))
    return list(found)


def _email(text: str) -> str:
    try:
        return normalised_email(text)
    except ValueError:
        return text
