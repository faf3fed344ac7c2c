"""Segments by conditions: written with who and why, put away when nobody uses them any more (CU-8)."""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.models import Segment, User
from customers.queries.conditions import read_rule
from customers.queries.members import RFM_PREFIX
from customers.queries.rule_order import asked_segments, asking_for, makes_a_circle
from customers.services.segments import LONGEST_NAME, LONGEST_NOTE, WANTED_CODE
from loyalty_site.kernel.errors import Conflict, FieldError, InvalidInput, NotFound, WrongState
from loyalty_site.kernel.transactions import requires_transaction

CODE = re.compile(r"[-a-zA-Z0-9_]{1,64}")
RULES_LOCK = 0x5E67_0002


class SegmentUsed(Conflict):
    """`extra["uses"]`: what still uses it, in words."""

    code = "segment_used"


@requires_transaction
def put_rule_segment(
    *,
    code: str,
    name: str,
    name_en: str = "",
    rule: Any,
    note: str = "",
    by: User | None,
    now: datetime,
    is_new: bool = False,
) -> Segment:
    """Makes the segment of `code` or changes it; its members are worked out by the worker at once.

    Raises InvalidInput: `rule…` with the place in the tree, a circle of segments; `code`, `name`, `note`.
    """
    _alone()
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).filter(code=code).first()
    errors = _wrong(code, name, name_en, note)
    if segment is not None and (is_new or segment.kind != Segment.Kind.RULE):
        errors.append(FieldError("code", "taken", _("There is a segment of this code already.")))
    document: Any = None
    try:
        document = read_rule(rule, is_new=True).document()
    except InvalidInput as refusal:
        errors.extend(refusal.errors)
    if document is not None and makes_a_circle(code, document):
        errors.append(FieldError("rule", "circle", _("The segments would ask for one another in a circle.")))
    if errors:
        raise InvalidInput(*errors)
    segment = segment or Segment(code=code, kind=Segment.Kind.RULE, created_by=by, created_at=now)
    if segment.archived_at is not None:
        raise WrongState(_("The segment has been put away."))
    if segment.rule != document:
        segment.rule, segment.dirty_at = document, now
    segment.name, segment.name_en, segment.note = name.strip(), name_en.strip(), note.strip()
    segment.save()
    if segment.dirty_at is not None:
        _refresh_soon(segment)
    return segment


@requires_transaction
def name_segment(*, segment_id: int, name: str, name_en: str = "", note: str = "", by: User | None) -> Segment:
    """A segment of the map has nothing else to change. Raises InvalidInput, NotFound."""
    segment = _segment(segment_id)
    if errors := _wrong(segment.code, name, name_en, note, is_ours=True):
        raise InvalidInput(*errors)
    segment.name, segment.name_en, segment.note = name.strip(), name_en.strip(), note.strip()
    segment.save(update_fields=["name", "name_en", "note"])
    return segment


@requires_transaction
def archive_segment(*, segment_id: int, by: User | None, now: datetime) -> Segment:
    """Nobody is offered it any more, and it is no longer refreshed. Raises SegmentUsed while something uses it."""
    _alone()
    segment = _segment(segment_id)
    if segment.kind == Segment.Kind.RFM:
        raise WrongState(_("The segments of the map stay."))
    if segment.archived_at is not None:
        return segment
    if uses := segment_uses(segment, now=now):
        raise SegmentUsed(_("It is still used: %(uses)s.") % {"uses": "; ".join(uses)}, extra={"uses": uses})
    segment.archived_at = now
    segment.save(update_fields=["archived_at"])
    return segment


@requires_transaction
def restore_segment(*, segment_id: int, by: User | None, now: datetime) -> Segment:
    """It is offered again; a rule is worked out anew. Raises WrongState while segments that it asks for are away."""
    _alone()
    segment = _segment(segment_id)
    if segment.archived_at is None:
        return segment
    asked = Segment.objects.filter(code__in=asked_segments(segment.rule), archived_at__isnull=False).order_by("name")
    if away := [one.title for one in asked]:
        raise WrongState(_("First bring back what it asks for: %(names)s.") % {"names": ", ".join(away)})
    segment.archived_at = None
    if segment.kind == Segment.Kind.RULE:
        segment.dirty_at = now
        _refresh_soon(segment)
    segment.save(update_fields=["archived_at", "dirty_at"])
    return segment


def segment_uses(segment: Segment, *, now: datetime) -> list[str]:
    """What uses it now, in words: other rules, and what higher apps say by the port."""
    uses = [str(_("segment “%(name)s”") % {"name": one.title}) for one in asking_for(segment.code)]
    for path in settings.CUSTOMERS_SEGMENT_USES:
        uses.extend(import_string(path)(segment, now=now))
    return uses


def _alone() -> None:
    """One after another: two rules saved at once could close a circle that neither sees alone, and a segment could be
    put away while a rule that asks for it is being saved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RULES_LOCK])


def _segment(segment_id: int) -> Segment:
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=segment_id).first()
    if segment is None:
        raise NotFound
    return segment


def _wrong(code: str, name: str, name_en: str, note: str, *, is_ours: bool = False) -> list[FieldError]:
    errors = []
    if not is_ours and (not CODE.fullmatch(code) or code.startswith(RFM_PREFIX)):
        errors.append(FieldError("code", "invalid", WANTED_CODE))
    if not name.strip() or len(name) > LONGEST_NAME:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 200 characters.")))
    if len(name_en) > LONGEST_NAME:
        errors.append(FieldError("name_en", "invalid", _("Enter a name of at most 200 characters.")))
    if len(note) > LONGEST_NOTE:
        errors.append(FieldError("note", "invalid", _("At most %(count)d characters.") % {"count": LONGEST_NOTE}))
    return errors


def _refresh_soon(segment: Segment) -> None:
    """A broker that is down is no reason to fail: rules that are out of date are swept every minute."""
    transaction.on_commit(lambda: _refresh(segment.pk), robust=True)


def _refresh(segment_id: int) -> None:
    from customers.tasks import refresh_rule_segment

    refresh_rule_segment.delay(segment_id=segment_id)
